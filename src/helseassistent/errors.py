"""A few exceptions whose message says what is wrong and what to do next."""


class HelseassistentError(Exception):
    """Base of every error a person may see; its text is one clear Norwegian sentence."""


class CorpusError(HelseassistentError):
    """A corpus folder or page cannot be used."""


class BrokenIndexError(HelseassistentError):
    """An index generation is missing, damaged, stale or locked."""


class EncoderError(HelseassistentError):
    """A sentence encoder cannot be loaded."""


class SettingsError(HelseassistentError):
    """A setting has a value that cannot be used."""


class QuestionSetError(HelseassistentError):
    """A question set has lines that cannot be used."""


class SourcesError(HelseassistentError):
    """The list of sources has a line that cannot be used."""


class IngestError(HelseassistentError):
    """Pages cannot be brought in at all; what is wrong with one page is a value, not this."""


class ReviewError(HelseassistentError):
    """The log, or what staff keep beside it, cannot be used."""
