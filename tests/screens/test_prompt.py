"""The line that asks: a question, a reason, and the room that they take."""

from tests.screens.learner import learning

SHORT, LONG = "How large?", "How large shall it be, " * 5 + "in words that fill two lines?"
KEYS = "n next"


def refused(_: str) -> str:
    return LONG


async def test_what_is_long_stands_whole_above_the_answer_in_the_place_of_the_keys() -> None:
    async with learning("neuron") as learner:
        learner.screen.ask(SHORT, refused)
        await learner.settle()
        assert KEYS in learner.text
        await learner.type("7")
        *_, first, second, answer = learner.lines
        assert f"{first.strip()} {second.strip()}" == LONG
        assert answer.strip() == "7"
        assert KEYS not in learner.text
        await learner.press("escape")
        assert KEYS in learner.text
        assert LONG[:20] not in learner.text


async def test_in_a_wider_window_it_stands_before_the_answer_again() -> None:
    async with learning("neuron") as learner:
        question = LONG[:70]
        learner.screen.ask(question, refused, "7")
        await learner.settle()
        assert [line.strip() for line in learner.lines[-2:]] == [question.strip(), "7"]
        await learner.resize(120, 40)
        assert learner.lines[-2].split() == [*question.split(), "7"]
        assert KEYS in learner.lines[-1]
