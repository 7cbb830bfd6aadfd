"""What tests of signing in may ask for."""

from tests.support.sign_in import provider_server, sign_in, standing, standing_sign_in

__all__ = ["provider_server", "sign_in", "standing", "standing_sign_in"]
