"""How far people agree, how well they know the golds, and how long an item takes them.

    report(workspace) -> Report          # .lines() for a terminal, .as_json() for programs
    statistics.krippendorff_alpha(votes) # and the other numbers, on plain arrays

docs/agreement.md says what each number means and where it misleads.
"""

from anigifs.annotate.agreement.report import AgreementConfig, Report, report

__all__ = ["AgreementConfig", "Report", "report"]
