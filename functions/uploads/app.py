"""Where deploy clients put the code."""

from orrery.api import uploads

handler = uploads.handle
