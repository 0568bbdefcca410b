"""The order, names and headings of properties are those of the shapes."""

from kb.ask.arrangement import ORIGIN, arrangement, is_statement
from kb.namespaces import expand
from kb.protocols.containing import containing


def test_arrangement_is_that_of_the_shapes() -> None:
    lesson = arrangement((expand("ww:LessonLearned"),))
    assert lesson[expand("ww:statement")].heading == lesson[expand("ww:recommendation")].heading == "What is said"
    assert lesson[expand("ww:statement")].order < lesson[expand("ww:recommendation")].order
    assert lesson[expand("ww:assessment")].inner[expand("ww:grade")].name == "Grade"
    pilot = arrangement((expand("ww:Pilot"),))
    assert pilot[expand("prov:hadPrimarySource")].heading == ORIGIN
    assert not pilot[expand("prov:hadPrimarySource")].keeping
    assert pilot[expand("adms:status")].keeping
    assert expand("ww:recommendation") not in pilot
    assert arrangement(("http://x.example/Unheard",)) == {}


def test_what_belongs_to_what_is_read_from_the_shapes() -> None:
    assert {expand(n) for n in ("ww:assessment", "ww:measurement", "ww:milestone", "locn:address")} <= containing()
    assert not {expand(n) for n in ("ww:concerns", "prov:hadPrimarySource", "ww:hasWorkstream")} & containing()
    assert is_statement((expand("ww:Barrier"),))
    assert not is_statement((expand("ww:Pilot"),))
