"""Django settings: one file, every value typed and read from the environment.

docs/operations.md says what each variable means. The defaults are those of a local run where no
database is named, and those of production where one is.
"""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import django_stubs_ext
import environ
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from config.api_pages import SPECTACULAR_SETTINGS  # noqa: F401 - kept beside, like the look
from config.environment import read_environment
from config.grpc_options import read_grpc_options
from config.import_settings import *  # noqa: F403 - those of imports, kept beside
from config.local_services import LocalServices, local_secret
from config.report_settings import *  # noqa: F403 - those of reports, kept beside
from config.unfold import UNFOLD  # noqa: F401 - the admin's look is a setting kept beside

django_stubs_ext.monkeypatch()  # ModelForm[Program] and its like mean something to mypy alone

BASE_DIR = Path(__file__).resolve().parent.parent
env = read_environment(BASE_DIR / ".env")

# --- Where this runs -----------------------------------------------------------------------------
# A local run speaks plain HTTP to its own machine and has a secret of its own under .local/.
LOCAL = env.bool("LOCAL", default="DATABASE_URL" not in env.ENVIRON)
DEBUG = env.bool("DEBUG", default=False)
LOCAL_DIR = Path(env.str("LOCAL_DIR", default=str(BASE_DIR / ".local"))).resolve()
_services = LocalServices(LOCAL_DIR, durable=env.bool("LOCAL_DURABLE", default=True))
#: The servers that entry points must hold (config/local_services.py); None: both addresses given.
LOCAL_SERVICES = None if {"DATABASE_URL", "REDIS_URL"} <= env.ENVIRON.keys() else _services
DATABASE_URL = env.str("DATABASE_URL", default=_services.database_url)
REDIS_URL = env.str("REDIS_URL", default=_services.redis_url)
DEMO_SHOP = env.bool("DEMO_SHOP", default=True)  # read by `make run` alone

# --- Security ------------------------------------------------------------------------------------
SECRET_KEY = env.str("SECRET_KEY") if not LOCAL else env.str("SECRET_KEY", default="")
SECRET_KEY = SECRET_KEY or local_secret(LOCAL_DIR)
ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if LOCAL else []
)
# The port of the live process, for pages; 0: a proxy serves /ws/ on the pages' own address.
LIVE_PORT = env.int("LIVE_PORT", default=0)
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not LOCAL)
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]  # asked by machines beside us, without TLS
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=0 if LOCAL else 365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=False)
if env.bool("TRUST_FORWARDED_PROTO", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
SESSION_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes: the API's limit of a body
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a program with many rules is a large admin form
# A policy cannot name an address of IPv6; browsers complain of one on every page.
_LIVE = [f"ws://{host}:{LIVE_PORT}" for host in ALLOWED_HOSTS if LIVE_PORT and "[" not in host]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # Live pages listen on the port of config/asgi.py where no proxy makes it ours.
        "connect-src": [SELF, *_LIVE],
        # The admin's theme is built on Alpine.js, which evaluates the expressions in its markup.
        "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF, "data:"],
        "worker-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # the middleware is there, as config.lanes.Frames
    "security.W003",  # and as config.lanes.Csrf
    "security.W021",  # the browsers' own list of HTTPS hosts is for the domain's owner to ask for
]
_VALIDATORS = "UserAttributeSimilarity MinimumLength CommonPassword NumericPassword".split()
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}Validator"} for name in _VALIDATORS
]

# --- Applications --------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "graphene_django",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "access.apps.AccessConfig",
    "jobs.apps.JobsConfig",
    "events.apps.EventsConfig",
    "loyalty.apps.LoyaltyConfig",
    "promotions.apps.PromotionsConfig",
    "reporting.apps.ReportingConfig",
    "imports.apps.ImportsConfig",
    "demo.apps.DemoConfig",
]
MIDDLEWARE = [
    "config.metrics.Measured",
    "config.problems.ApiProblems",
    "django.middleware.security.SecurityMiddleware",
    # Those of config.lanes are Django's and the packages' own, which calls with a token pass by.
    "config.lanes.StaticFiles",
    "config.lanes.ContentSecurityPolicy",
    "config.lanes.Sessions",
    "config.lanes.Language",
    "django.middleware.common.CommonMiddleware",
    "config.lanes.Csrf",
    "config.lanes.Users",
    "config.lanes.Messages",
    "config.lanes.Frames",
]
ROOT_URLCONF = "config.urls"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- PostgreSQL ----------------------------------------------------------------------------------
DATABASES = {"default": environ.Env.db_url_config(DATABASE_URL)}
if DATABASES["default"].get("ENGINE") != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL: postgres://user@host/name.")
DATABASES["default"] |= {
    "ENGINE": "core.postgresql",  # Django's own, with prepared statements
    "HOST": unquote(DATABASES["default"]["HOST"]),  # a socket's folder comes percent-encoded
    # Every thread keeps its connection; looked at in each request, so a restart costs none.
    "CONN_MAX_AGE": env.int("DATABASE_CONN_MAX_AGE", default=600),
    "CONN_HEALTH_CHECKS": True,
}
_options = DATABASES["default"].setdefault("OPTIONS", {"connect_timeout": 5})
_options.setdefault("prepare_threshold", 0 if env.bool("DATABASE_PREPARE", default=True) else None)

# --- Redis or Valkey: cache, channels, Celery ----------------------------------------------------
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "punchcard",
        "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 1, "SOCKET_TIMEOUT": 1},
    }
}
# Without Redis everything is slower and nothing is wrong: a cache that is down is a cache miss.
DJANGO_REDIS_IGNORE_EXCEPTIONS = True
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            # It waits five seconds at a time, which is where the client would give up.
            "hosts": [{"address": REDIS_URL, "socket_timeout": 15, "socket_connect_timeout": 1}],
            "prefix": "punchcard:channels",
        },
    }
}
# Days that events are kept which every consumer has read.
EVENT_DAYS = env.int("EVENT_DAYS", default=90)
# Kafka gets the events too where its brokers are named: kafka://one:9092,two:9092
KAFKA_URL = env.str("KAFKA_URL", default="")
KAFKA_TOPIC = env.str("KAFKA_TOPIC", default="punchcard.events")
# Further settings of its client: security.protocol=SASL_SSL,sasl.username=…
KAFKA_OPTIONS: dict[str, str] = env.dict("KAFKA_OPTIONS", default={})
# Whether webhooks may go to private addresses and to http://, for tests and closed networks.
WEBHOOK_PRIVATE_TARGETS = env.bool("WEBHOOK_PRIVATE_TARGETS", default=False)
# Hours in which both secrets of a webhook sign after a rotation.
WEBHOOK_SECRET_OVERLAP_HOURS = env.int("WEBHOOK_SECRET_OVERLAP_HOURS", default=24)
# How many events the Redis stream `engine:stream` keeps for listeners that were away.
EVENT_STREAM_LENGTH = env.int("EVENT_STREAM_LENGTH", default=50_000)


def _celery_url(redis_url: str) -> str:
    """Return the address as Celery spells it: a Unix socket has a scheme of its own there."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={number}"


CELERY_BROKER_URL = _celery_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True  # a killed worker's task runs again: every task may run twice
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"
# Receivers may be slow: a worker of its own (-Q webhooks) keeps the shop's tasks from waiting.
CELERY_TASK_QUEUES = [Queue("celery"), Queue("webhooks")]
CELERY_TASK_ROUTES = {"events.send_webhook": {"queue": "webhooks"}}

# --- API -----------------------------------------------------------------------------------------
REST_FRAMEWORK: dict[str, object] = {
    # access/views.py is the base of our endpoints and names its own parts; these are for the
    # views that packages bring along.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "access.authentication.TokenAuthentication",
        "access.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["access.permissions.AdminOnly"],
    "DEFAULT_RENDERER_CLASSES": ["access.json.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["access.json.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.problems.handle",
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "TEST_REQUEST_RENDERER_CLASSES": ["access.json.JSONRenderer"],
}
# Requests a minute of one token, by its role; 0: no limit.
RATES_PER_MINUTE = {
    "pos": env.int("RATE_POS", default=6000),
    "marketing": env.int("RATE_MARKETING", default=6000),
    "manager": env.int("RATE_MANAGER", default=6000),
    "admin": env.int("RATE_ADMIN", default=6000),
}
# Wrong codes in a window; 0: no limit.
WRONG_CODES_WINDOW_SECONDS = env.int("WRONG_CODES_WINDOW_SECONDS", default=600)
WRONG_CODES_PER_POS = env.int("WRONG_CODES_PER_POS", default=60)
WRONG_CODES_PER_PARTNER = env.int("WRONG_CODES_PER_PARTNER", default=20)
# What signs the bundles of offline tills, the first; empty: a key derived from SECRET_KEY.
BUNDLE_KEYS: list[str] = env.list("BUNDLE_KEYS", default=[])
BALANCE_CACHE_SECONDS = env.int("BALANCE_CACHE_SECONDS", default=60)
CARD_LOCK = env.bool("CARD_LOCK", default=False)
TWO_PERSON_RULE = env.bool("TWO_PERSON_RULE", default=False)
IDEMPOTENCY_DAYS = env.int("IDEMPOTENCY_DAYS", default=30)  # that first answers are kept
# Who may read /metrics from another machine says this token; empty: nobody may.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
GRPC = read_grpc_options(env)
KNOX_TOKEN_MODEL = "knox.AuthToken"  # noqa: S105 - a model's name

# --- Language, time, files -----------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("id", _("Indonesian"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = "UTC"
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
_STATIC = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if DEBUG
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(LOCAL_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _STATIC},
    **report_storages(MEDIA_ROOT),  # noqa: F405
}

# --- Logging -------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.log_level("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"level": "INFO", "handlers": ["console"], "propagate": False},
        "django.request": {"level": "ERROR"},  # a refusal is an answer, not an incident
    },
}
