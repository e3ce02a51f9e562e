"""The candidate's side: the questionnaire, handing in, the file, proof, replies, withdrawal."""

from passerelle.eoi.pages.candidate.answering import Check, Receipt, Section, Tasks
from passerelle.eoi.pages.candidate.file import Answers, CandidateFile, FileAnew, Reply, Withdraw
from passerelle.eoi.pages.candidate.proving import Evidence, EvidenceFile, EvidenceRemove, EvidenceUpload

__all__ = [
    "Answers",
    "CandidateFile",
    "Check",
    "Evidence",
    "EvidenceFile",
    "EvidenceRemove",
    "EvidenceUpload",
    "FileAnew",
    "Receipt",
    "Reply",
    "Section",
    "Tasks",
    "Withdraw",
]
