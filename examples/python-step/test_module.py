import unittest

from gantry_sdk import ModuleError, run_module
from module import iban_check


class IbanCheck(unittest.TestCase):
    def test_tells_a_slip_of_the_pen(self):
        for iban, valid in {"GB82 WEST 1234 5698 7654 32": True, "GB82 WEST 1234 5698 7654 23": False}.items():
            self.assertEqual(run_module(iban_check, previous_output={"iban": iban}).output["valid"], valid)

    def test_fails_without_one(self):
        with self.assertRaises(ModuleError) as raised:
            run_module(iban_check, previous_output={"iban": None})
        self.assertEqual(raised.exception.code, "IBAN_MISSING")


if __name__ == "__main__":
    unittest.main()
