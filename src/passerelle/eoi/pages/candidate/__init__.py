"""The candidate's side: the questionnaire, handing in, the file, proof, replies, withdrawal."""

from passerelle.eoi.pages.candidate.answering import Check, Receipt, Section, Tasks
from passerelle.eoi.pages.candidate.changing import Change, ChangeCheck, ChangeSection, DropChange
from passerelle.eoi.pages.candidate.file import Answers, CandidateFile, FileAnew, Reply, Withdraw
from passerelle.eoi.pages.candidate.own import DiscardOwn, Hold, MyCriteria, MyCriterion, Resume, StartOwn, TakeUp
from passerelle.eoi.pages.candidate.proving import Evidence, EvidenceFile, EvidenceRemove, EvidenceUpload

__all__ = [
    "Answers",
    "CandidateFile",
    "Change",
    "ChangeCheck",
    "ChangeSection",
    "Check",
    "DiscardOwn",
    "DropChange",
    "Evidence",
    "EvidenceFile",
    "EvidenceRemove",
    "EvidenceUpload",
    "FileAnew",
    "Hold",
    "MyCriteria",
    "MyCriterion",
    "Receipt",
    "Reply",
    "Resume",
    "Section",
    "StartOwn",
    "TakeUp",
    "Tasks",
    "Withdraw",
]
