"""Names for made-up people and companies: Dene, French, Filipino, Indian, Nigerian …, long ones and single ones."""

FAMILY = (
    "Nitah", "Sahaiʔa", "Náʔël", "Beaulieu", "Lafferty", "Mantla", "Zoé", "Tremblay", "Gagnon", "Côté", "Lévesque", "Bouchard",
    "N'Guessan", "Diallo", "Traoré", "Okafor", "Adeyemi", "Reyes", "Santos", "Dela Cruz", "Villanueva", "Bautista", "Ramos",
    "Sharma", "Patel", "Kaur", "Singh", "Gill", "Fernando", "Perera", "Nguyễn", "Trần", "Kovalenko", "Şahin", "Haddad", "Benali",
    "García Márquez y Fernández de la Torre", "Ó Súilleabháin", "Müller", "Ivanova", "Rahman", "Tesfaye", "Mensah",
)  # fmt: skip
GIVEN = (
    "Marie-Ève", "Amadou", "Ngozi", "Joy", "Rowena", "Jun", "Arjun", "Harpreet", "Simran", "Priya", "Thảo", "Oksana", "Elif",
    "Karim", "Leïla", "Étienne", "Hélène", "Fatou", "Ibrahim", "Kwame", "Selam", "Liam", "Renée", "Noël", "Chidi", "Divina",
    "Maria Teresa Consolación", "José", "Anh", "Yusuf", "Aïcha", "Grace", "Benedict", "Nadia", "Rajesh", "Dilini",
)  # fmt: skip
# Some people have a single name; their passport shows it as the family name.
MONONYMS = ("Sukarno", "Tenzin", "Mahmoud", "Kʼasho")
COMPANIES = (
    "Great Slave Fisheries Ltd.", "Aurora Lodge Inc.", "Épicerie du Nord ltée", "Tłı̨chǫ Building Supplies", "Midnight Sun Catering",
    "Garderie Les Petits Renards", "Mackenzie Freight & Fuel", "Hay River Care Home", "Délı̨nę Community Store",
    "Polar Dental Clinic",
    "Snow Goose Bakery", "Boreal Heavy Equipment", "Clinique du Grand lac", "Frontier Electric", "Inuvik Hotel Group",
    "Barren Lands Drilling", "Northern Lights Housekeeping", "Thebacha Welding", "Caribou Restaurant", "Ptarmigan Air Services",
)  # fmt: skip
COUNTRIES = ("PH", "IN", "NG", "FR", "CM", "SN", "VN", "UA", "LK", "KE", "MX", "MA", "BD", "ET", "GH", "BE", "CI", "TN")
