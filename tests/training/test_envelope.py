import json
import random

import pytest

from ringbridge.training.envelope import HUGE_ROWS, Answer, Entry, Writer, answer
from ringbridge.training.faults import ENVELOPE_FAULTS
from ringbridge.training.states import Level

MADE = answer(200, data={"server": "server01", "callid": "1234567890.123456"})


def writer(level: Level = Level.SEED, seed: int = 1) -> Writer:
    return Writer(level, random.Random(seed))


def test_the_trailing_comma_is_the_seeds_example_byte_for_byte():
    assert writer().write(MADE, {"trailing_comma"}) == (
        '{ "responses":[ { "code":"200", "key":"", "message":"OK" } ], '
        '"data":{ "server":"server01", "callid":"1234567890.123456" }, }'
    )
    assert writer().write(answer(204), {"trailing_comma"}) == (
        '{ "responses":[ { "code":"204", "key":"", "message":"OK" } ] }'
    )


def test_the_code_is_text_and_data_is_left_out_where_there_is_none():
    assert json.loads(writer().write(answer(204))) == {"responses": [{"code": "204", "key": "", "message": "OK"}]}


def test_numbers_are_text_at_the_seed_level_only_and_truth_stays_truth():
    given = answer(200, data=[{"id": 7, "yes": True, "name": "x", "inner": {"n": [1, -1]}}])
    seed = json.loads(writer().write(given))["data"]
    assert seed == [{"id": "7", "yes": True, "name": "x", "inner": {"n": ["1", "-1"]}}]
    assert json.loads(writer(Level.V41).write(given))["data"] == given.data


def test_keys_come_in_an_order_the_seed_decides():
    texts = {writer(seed=seed).write(MADE) for seed in range(30)}
    assert len(texts) > 10
    assert writer(seed=5).write(MADE) == writer(seed=5).write(MADE)
    assert len({tuple(json.loads(text)) for text in texts}) == 2


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("number_code", {"responses": [{"code": 200, "key": "", "message": "OK"}], "data": MADE.data}),
        ("object_response", {"responses": {"code": "200", "key": "", "message": "OK"}, "data": MADE.data}),
        ("empty_responses", {"responses": [], "data": MADE.data}),
        ("several_entries", {"responses": [{"code": "200", "key": "", "message": "OK"}] * 2, "data": MADE.data}),
        ("no_data", {"responses": [{"code": "200", "key": "", "message": "OK"}]}),
        ("null_data", {"responses": [{"code": "200", "key": "", "message": "OK"}], "data": None}),
        ("empty_data", {"responses": [{"code": "200", "key": "", "message": "OK"}], "data": []}),
        (
            "mixed_entries",
            {
                "responses": [
                    {"code": "200", "key": "", "message": "OK"},
                    {"code": "400", "key": "callerid2", "message": "Not a number of yours"},
                ],
                "data": MADE.data,
            },
        ),
    ],
)
def test_each_shape_can_be_had(fault: str, expected: object):
    assert fault in ENVELOPE_FAULTS
    assert json.loads(writer().write(MADE, {fault})) == expected


def test_several_complaints_are_shown_only_when_asked_for():
    given = Answer(entries=(Entry(code=400, key="a", message="x"), Entry(code=400, key="b", message="y")))
    assert [entry["key"] for entry in json.loads(writer().write(given))["responses"]] == ["a"]
    shown = json.loads(writer().write(given, {"several_entries"}))["responses"]
    assert [entry["key"] for entry in shown] == ["a", "b"]


def test_a_huge_list_repeats_the_rows():
    rows = json.loads(writer().write(answer(200, data=[{"id": 1}, {"id": 2}]), {"huge_list"}))["data"]
    assert len(rows) == HUGE_ROWS
    assert rows[:3] == [{"id": "1"}, {"id": "2"}, {"id": "1"}]
    assert json.loads(writer().write(MADE, {"huge_list"}))["data"] == MADE.data
    assert json.loads(writer().write(answer(200, data=[]), {"huge_list"}))["data"] == []


def test_texts_are_escaped_and_other_scripts_are_not():
    text = writer().write(answer(400, 'say "x"\n דנה', key="é"))
    assert "דנה" in text
    assert json.loads(text)["responses"][0] == {"code": "400", "key": "é", "message": 'say "x"\n דנה'}
    assert json.loads(writer().write(answer(200, data={})))["data"] == {}
