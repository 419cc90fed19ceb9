import pytest

from ringbridge.training.faults import FAULTS, Fault, FaultBox, read_fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("slow", Fault(name="slow")),
        (" Cut-After ", Fault(name="cut_after")),
        ("cut_after:calls/make", Fault(name="cut_after", function="calls/make")),
        ("cut_after:calls/make/:2", Fault(name="cut_after", function="calls/make", times=2)),
        ("html:3", Fault(name="html", times=3)),
        ("tls_expired", Fault(name="tls_expired")),
    ],
)
def test_faults_are_read(text: str, fault: Fault):
    assert read_fault(text) == fault


@pytest.mark.parametrize(
    "text",
    ["", "slo", "slow:calls", "slow:0", "slow:1:2", "slow:calls/make:calls/hangup", "tls_expired:2", "slow:-1"],
)
def test_what_is_no_fault_is_refused_with_a_sentence(text: str):
    with pytest.raises(ValueError, match=r"There are: slow, stall|is not of the form|takes no function"):
        read_fault(text)


def test_the_sentence_lists_every_name():
    with pytest.raises(ValueError, match="nonsense") as raised:
        read_fault("nonsense")
    assert all(name in str(raised.value) for name in FAULTS)


def test_a_fault_strikes_only_its_function_and_only_so_often():
    box = FaultBox(["slow", "html:calls/make:2"])
    assert box.take("phones/list") == {"slow"}
    assert box.take("calls/make") == {"slow", "html"}
    assert box.take("calls/make") == {"slow", "html"}
    assert box.take("calls/make") == {"slow"}


def test_setting_faults_replaces_all_or_nothing():
    box = FaultBox(["slow"])
    with pytest.raises(ValueError, match="There is no fault"):
        box.set(["html", "nonsense"])
    assert box.take("x/y") == {"slow"}
    box.set([])
    assert box.take("x/y") == set()
    assert not box.has("slow")
