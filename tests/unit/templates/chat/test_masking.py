import pytest

from templates.chat.masking import Mask

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("openai.api_key = 'sk-proj-abcdefghijklmnop1234'", "sk-proj-abcdefghijklmnop1234"),
        ("token ghp_0123456789abcdefghij0123 here", "ghp_0123456789abcdefghij0123"),
        ("AWS AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
        ('db = "postgres://shop:hunter2@db/shop"', "hunter2"),
        ('password: "correct horse"x\npassword = "correct-horse"', "correct-horse"),
        ("export DB_PASSWORD=correct-horse\n", "correct-horse"),
        ("SECRET_KEY: 'django-insecure-abc'", "django-insecure-abc"),
        ('{"api_key": "0123456789abcdef0123456789abcdef"}', "0123456789abcdef0123456789abcdef"),
        (f"x = '''{KEY}'''", KEY),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefghijklmnop", "eyJhbGciOiJIUzI1NiJ9"),
    ],
)
def test_a_secret_is_hidden_and_comes_back(text: str, secret: str) -> None:
    mask = Mask()
    hidden = mask.hide(text)

    assert secret not in hidden
    assert mask.count == 1
    assert mask.restore(hidden) == text


@pytest.mark.parametrize(
    "text",
    [
        "password = os.environ['PASSWORD']",
        "DB_PASSWORD=${DB_PASSWORD}",
        "token: str = Field(default=None)",
        "def reset_password(token): ...",
        "https://example.com:8080/path@v1",
        "API_KEY=<your key>",
        "secret: true",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert Mask().hide(text) == text


def test_one_secret_has_one_placeholder_in_all_texts() -> None:
    mask = Mask()

    assert mask.hide('password = "correct-horse"') == 'password = "__SECRET_1__"'
    assert mask.hide("token = 'correct-horse'; secret = 'battery-staple'") == (
        "token = '__SECRET_1__'; secret = '__SECRET_2__'"
    )


def test_placeholders_that_are_there_already_stay_what_they_are() -> None:
    mask = Mask()
    hidden = mask.hide('"__SECRET_1__" password = "correct-horse"')

    assert hidden == '"__SECRET_1__" password = "__SECRET_2__"'
    assert mask.restore(hidden) == '"__SECRET_1__" password = "correct-horse"'
