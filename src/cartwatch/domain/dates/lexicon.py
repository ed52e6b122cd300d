"""Lexicon of guidance around a date: hedges, words for open starts and ends, trailing remarks, and words for no date."""

from __future__ import annotations

__all__ = [
    "ABOUT",
    "ABOUT_BEHIND",
    "COMING",
    "EARLIER",
    "GOAL_DATES",
    "HEDGES",
    "HEDGES_BEHIND",
    "NOTES",
    "SAID_TWICE",
    "SEPARATORS",
    "SHIFTED_FROM",
    "SHIFTED_TO",
    "SIDES",
    "SIDES_BEHIND",
    "SIDE_MARKS",
    "SOON",
    "STRETCHES",
    "UNDATED",
]

UNDATED = frozenset(
    {
        *("", "tbd", "tba", "tbc", "t.b.d", "t.b.a", "n/a", "n.a", "na", "none", "none given", "unknown", "pending"),
        *("to be determined", "to be announced", "to be confirmed", "to be disclosed", "undetermined", "unspecified"),
        *("not guided", "not yet guided", "no guidance", "not disclosed", "not yet disclosed", "undisclosed", "undated"),
        *("not announced", "not yet announced", "unannounced", "not given", "not provided", "not known", "no date"),
        *("not available", "not applicable", "not scheduled", "not yet scheduled", "unscheduled"),
    }
)

# Word sequences stand between bars; the longest that fits is taken.
HEDGES = (
    "in|during|on|at|for|throughout|expected|anticipated|planned|targeted|targeting|target|scheduled|slated|likely|set|"
    "due|projected|guided|guided to|is expected|are expected|is anticipated|are anticipated|on track|remains|remain|to be|"
    "either|currently|now|still|potentially|possibly|probably|perhaps|maybe|hopefully|sometime|some time|at some point|"
    "in course of|during course of|over course of|upcoming|aiming for"
)
GOAL_DATES = (
    "pdufa|pdufa date|pdufa goal date|pdufa action date|pdufa target date|pdufa target action date|"
    "goal date|action date|target date|target action date"
)
ABOUT = (
    "about|around|approximately|approx|circa|ca|c|roughly|tentatively|est|estimated|near|toward|towards|"
    "on or about|on or around|in or about|in or around|at or about|at or around|at or near"
)
SIDES = {
    "by": "by|no later than|not later than|by no later than|on or before|in or before|at or before|by or before|within|"
    "at latest|by at latest|at latest by|latest by|between now and",
    "before": "before|prior to|ahead of|in advance of|earlier than",
    "from": "from|starting|starting in|starting on|starting from|starting with|beginning in|beginning on|"
    "beginning from|beginning with|not before|not expected before|not anticipated before|no earlier than|"
    "not earlier than|no sooner than|not sooner than|as early as|as soon as|on or after|in or after|earliest|at earliest|"
    "not until|not expected until|not anticipated until",
    "after": "after|later than|beyond",
}
_MOVES = (
    "delayed|pushed|pushed back|pushed out|moved|moved up|moved out|moved back|moved forward|shifted|postponed|slipped|"
    "deferred|accelerated|pulled forward|pulled in|brought forward|narrowed|refined|revised|updated|rescheduled"
)
SHIFTED_TO = "|".join(f"{verb} to" for verb in _MOVES.split("|"))
SHIFTED_FROM = "|".join(f"{verb} from" for verb in _MOVES.split("|"))
EARLIER = "was|were|previously|prior|formerly|originally|earlier|previously guided to|" + SHIFTED_FROM
_DATA = "interim|interim analysis|analysis|topline|top line|data|readout|read out|results|update"
_WHICH = "|first |second |final |initial |primary |updated |topline |top line |interim |pivotal "
_EVENTS = (
    "final|primary|pdufa|pdufa date|pdufa goal date|goal date|acceptance|launch|approval|decision|adcom|first patient|"
    "first patient dosed|enrolment|enrollment|enrolment complete|enrollment complete|phase 1|phase 2|phase 3|us|eu|uk|japan|"
    "china|fda|ema|chmp"
)
_FILINGS = ("", "bla", "sbla", "nda", "maa", "ind")
NOTES = frozenset(
    {
        *(which + data for which in _WHICH.split("|") for data in _DATA.split("|")),
        *_EVENTS.split("|"),
        *(f"{form} {act}".strip() for form in _FILINGS for act in ("filing", "submission")),
        *_FILINGS[1:],
    }
)
"""What a date may be of, in brackets behind it."""
SIDE_MARKS = {"from": (">=",), "by": ("<=",)}
SIDES_BEHIND = {
    "from": "or later|or after|or beyond|and later|and beyond|onward|onwards|and onward|and onwards|at earliest",
    "by": "or earlier|or sooner|or before|at latest",
}
SEPARATORS = {"": "to|through|thru|or", "by": "or", "from": "to|through|thru"}  # other sides take one date
ABOUT_BEHIND = "est|estimated|approx|approximate|approximately|tentative|tentatively"
HEDGES_BEHIND = "timeframe|time frame|expected|anticipated|projected|planned|targeted|likely"
SAID_TWICE = {"by": "at latest", "from": "onward|onwards|and onward|and onwards"}
STRETCHES = {f"{unit}{plural}": unit for unit in ("day", "week", "month", "year") for plural in ("", "s")}
COMING = {"coming days": (14, "day"), "coming weeks": (8, "week"), "coming months": (6, "month")}
SOON = {
    **dict.fromkeys(("imminent", "imminently", "any day now"), (30, "day")),
    **dict.fromkeys(("weeks away", "just weeks away", "only weeks away"), (8, "week")),
}
