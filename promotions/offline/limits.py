"""How long a till may go without a line."""

from datetime import timedelta

#: How far back a sale may lie when it is reported.
OFFLINE = timedelta(hours=72)
#: How far a till's clock may run ahead of ours.
CLOCK_SKEW = timedelta(minutes=5)
#: How long a till may quote from one bundle.
BUNDLE_LIFE = timedelta(hours=72)
