from cluster.doctor.check import Diagnosis, Subject

THING = Subject("a-thing", "A thing")


def test_a_warning_is_ok_and_a_failure_is_not() -> None:
    passed, warned, failed = THING.passed("Well."), THING.warned("Hm.", "`mend`"), THING.failed("No.", "`mend`")

    assert [one.ok for one in (passed, warned, failed)] == [True, True, False]
    assert Diagnosis((passed, warned)).ok
    assert not Diagnosis((passed, warned, failed)).ok


def test_the_document_has_what_others_build_on() -> None:
    diagnosis = Diagnosis((THING.passed("Well."), THING.failed("No.", "`mend`")))

    assert diagnosis.as_dict() == {
        "ok": False,
        "checks": [
            {"id": "a-thing", "ok": True, "title": "A thing", "detail": "Well.", "hint": ""},
            {"id": "a-thing", "ok": False, "title": "A thing", "detail": "No.", "hint": "`mend`"},
        ],
    }
