import subprocess
import sys


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


def test_the_plans_load_without_the_rest_of_the_library() -> None:
    assert (
        run(
            "import sys\n"
            "from ringbridge.late_phonenumbers import defer_phonenumbers\n"
            "defer_phonenumbers()\n"
            "from ringbridge.core.detection import find_numbers\n"
            "print(find_numbers('Please call +1 212 555 1234', 'US')[0].e164)\n"
            "assert 'phonenumbers.phonenumbermatcher' not in sys.modules\n"
        )
        == "+12125551234"
    )


def test_whoever_uses_the_library_gets_all_of_it() -> None:
    assert (
        run(
            "from ringbridge.late_phonenumbers import defer_phonenumbers\n"
            "defer_phonenumbers()\n"
            "import phonenumbers.data\n"
            "import phonenumbers\n"
            "assert not hasattr(phonenumbers, '__no_such_name__')\n"
            "print(phonenumbers.is_valid_number(phonenumbers.parse('+12125551234')))\n"
            "from phonenumbers import PhoneNumberMatcher, phonenumberutil\n"
            "assert not hasattr(phonenumbers, 'no_such_name')\n"
            "assert phonenumbers.__file__ and phonenumbers.__version__\n"
        )
        == "True"
    )


def test_a_library_that_is_loaded_already_stays() -> None:
    assert (
        run(
            "import phonenumbers\n"
            "from ringbridge.late_phonenumbers import defer_phonenumbers\n"
            "defer_phonenumbers()\n"
            "import phonenumbers as again\n"
            "print(again is phonenumbers and type(again).__name__)\n"
        )
        == "module"
    )
