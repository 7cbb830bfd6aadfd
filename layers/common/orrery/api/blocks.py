"""The blob protocol's list of blocks: an XML document that names the blocks of an upload in their order."""

from xml.parsers import expat

from orrery.errors import Invalid

MAX_BLOCKS = 2000
MAX_BYTES = 512 * 1024
_LISTED = ("Latest", "Committed", "Uncommitted")


def parse(document: bytes) -> tuple[str, ...]:
    """The ids of the blocks. Nothing of XML but elements and text is taken: no document types, no entities."""
    if len(document) > MAX_BYTES:
        raise Invalid(f"the list of blocks has more than {MAX_BYTES // 1024} KiB")
    listing = _Listing()
    try:
        listing.read(document)
    except (expat.ExpatError, LookupError, ValueError):  # the latter two for an encoding that expat does not have
        raise Invalid("the list of blocks is not valid XML") from None
    if len(listing.ids) > MAX_BLOCKS:
        raise Invalid(f"the list names more than {MAX_BLOCKS} blocks")
    return tuple(listing.ids)


class _Listing:
    def __init__(self) -> None:
        self.ids: list[str] = []
        self._path: list[str] = []

    def read(self, document: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse
        parser.Parse(document, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        if self._path == ["BlockList"]:
            return
        if len(self._path) != 2 or self._path[0] != "BlockList" or name not in _LISTED:
            raise Invalid("the list of blocks must be `<BlockList>` with `<Latest>` elements and nothing else")
        self.ids.append("")

    def _end(self, name: str) -> None:
        self._path.pop()

    def _text(self, text: str) -> None:
        if len(self._path) == 2:
            self.ids[-1] += text.strip()

    def _refuse(self, *declared: object) -> None:
        raise Invalid("the list of blocks may not declare a document type")
