"""The refusals of a till that quotes from a bundle."""

from core.errors import Invalid, NotAllowed, Refused


class BundleUnreadable(Invalid):
    """The file is not a bundle that this version reads."""

    code = "bundle_unreadable"


class BundleKeyUnknown(NotAllowed):
    """The bundle is signed with a key that is not among those given."""

    code = "bundle_key_unknown"


class BundleTampered(NotAllowed):
    """The signature does not fit the bundle: it was changed after it was signed."""

    code = "bundle_tampered"


class BundleExpired(Refused):
    """The bundle is too old to quote from; fetch a new one."""

    code = "bundle_expired"


class WalletUnreadable(Invalid):
    """The wallet is not one that this version reads."""

    code = "wallet_unreadable"
