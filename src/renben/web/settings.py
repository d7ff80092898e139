"""Django's settings, all derived from WebSettings; nothing here reads the environment."""

from pathlib import Path

from renben.web.config import web_settings

OPERATOR = web_settings()
KEYS = OPERATOR.keys()
HERE = Path(__file__).parent

SECRET_KEY = KEYS.secret_key
DEBUG = False
DEMO = OPERATOR.demo
ALLOWED_HOSTS = list(OPERATOR.hosts)
ROOT_URLCONF = "renben.web.urls"
WSGI_APPLICATION = "renben.web.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": OPERATOR.django_database()}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "guard_cache"},
}

INSTALLED_APPS = [
    "django.forms",
    "django.contrib.humanize",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "renben.web.look",
    "renben.web.guard",
    "renben.web.flow",
    "renben.web.registry",
    "renben.web.programme",
    "renben.web.dashboards",
    "renben.web.exchange",
    "renben.web.claims",
    "renben.web.equality",
    "renben.web.spotcheck",
    "renben.web.payments",
    "renben.web.cases",
    "renben.web.offline",
]
MIDDLEWARE = [
    "renben.web.guard.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "renben.web.look.languages.Languages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "renben.web.api.problems.JsonProblems",
    "renben.web.cases.open311_answers.GeoReportErrors",
    "renben.web.guard.middleware.Gate",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "look" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "renben.web.look.context.page",
            ],
            "builtins": [
                f"renben.web.look.templatetags.{name}" for name in ("words", "kept", "tongues", "traced")
            ],
        },
    }
]

AUTH_USER_MODEL = "guard.User"
AUTHENTICATION_BACKENDS = ["renben.web.guard.sessions.Accounts"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "renben.web.guard.passwords.UnlikeTheName"},
    {
        "NAME": "renben.web.guard.passwords.LongEnough",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "renben.web.guard.passwords.NotCommon"},
]
if OPERATOR.profile == "mlps3":
    for rule in ("ThreeKindsOfCharacter", "NotUsedBefore"):
        AUTH_PASSWORD_VALIDATORS.append({"NAME": f"renben.web.guard.passwords.{rule}"})

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "renben.web.guard.accounts.Adapter"
ACCOUNT_FORMS = {
    "login": "renben.web.guard.account_forms.SignIn",
    "signup": "renben.web.guard.account_forms.SignUp",
    "change_password": "renben.web.guard.account_forms.ChangePassword",
    "reauthenticate": "renben.web.guard.account_forms.PasswordAgain",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
# The only lock-out: five failures a quarter of an hour for one account, counted in the database.
ACCOUNT_RATE_LIMITS = {
    "login": "600/m/ip",
    "login_failed": "5/15m/key",
    "signup": "60/h/ip",
    "change_password": "20/m/user",
    "reauthenticate": "20/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = OPERATOR.proxies
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_ADAPTER = "renben.web.guard.accounts.FactorAdapter"
MFA_FORMS = {
    "activate_totp": "renben.web.guard.key_forms.FirstCode",
    "reauthenticate": "renben.web.guard.key_forms.CodeAgain",
    "authenticate": "renben.web.guard.key_forms.EnterCode",
    "add_webauthn": "renben.web.guard.key_forms.AddKey",
    "edit_webauthn": "renben.web.guard.key_forms.NameKey",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = OPERATOR.demo  # http://localhost; in earnest only https is answered
MFA_TOTP_ISSUER = "renben"
MFA_TOTP_TOLERANCE = 1  # a step of 30 s before and after, as RFC 6238 section 5.2 advises; guard/key_forms.py takes each code once
USERSESSIONS_TRACK_ACTIVITY = False

SESSION_ENGINE = "renben.web.guard.sessions"
SESSION_COOKIE_AGE = 12 * 3600  # the row's life; guard/limits.py ends a sign-in earlier, by profile
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "renben.web.look.errors.csrf_failure"
if OPERATOR.https:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 63_072_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 6_000_000
FILE_UPLOAD_HANDLERS = ["renben.web.guard.uploads.InMemory"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 21_000_000

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体"), ("en", "English"), ("zh-hant", "繁體")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
FORM_RENDERER = "renben.web.look.forms.Renderer"

STATIC_URL = "/static/"
STATIC_ROOT = OPERATOR.folder / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"mask": {"()": "renben.web.guard.logs.MaskPersonal"}},
    "formatters": {"line": {"()": "renben.web.guard.logs.OneLine"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "filters": ["mask"], "formatter": "line"},
    },
    "root": {"handlers": ["stderr"], "level": OPERATOR.log_level},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
