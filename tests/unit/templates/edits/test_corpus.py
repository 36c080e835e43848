"""The ladder on the whole corpus: nearly all applied as they should be, none applied wrongly."""

from tests.bench.edit_corpus import cases
from tests.bench.edits import outcome


def test_the_corpus_is_applied_and_never_wrongly() -> None:
    every = [(case, outcome(case)) for case in cases()]
    assert len(every) >= 300
    assert len({case.path for case, _ in every if not case.path.startswith("new/")}) == 10

    refused = [(case.kind, case.path) for case, result in every if result == "refused"]

    assert [(case.kind, case.path) for case, result in every if result == "wrong"] == []
    assert len(refused) <= 0.03 * len(every), refused
