"""The words people read for every code and state, in one place, for all three doors; each file has the words of one subject."""

from equipment_share.wording.refusals import refusal_words, status_words
from equipment_share.wording.words import WORDS, word

__all__ = ["WORDS", "refusal_words", "status_words", "word"]
