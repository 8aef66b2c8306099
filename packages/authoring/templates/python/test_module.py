import unittest

from gantry_sdk import ModuleError, run_module
from module import module


class WordCount(unittest.TestCase):
    def test_counts_the_words(self):
        for given in ("one two", {"text": "one two"}):
            self.assertEqual(run_module(module, previous_output=given).output, {"words": 2})

    def test_refuses_a_text_with_too_few(self):
        with self.assertRaises(ModuleError) as raised:
            run_module(module, options={"least": 3}, previous_output="one two")
        self.assertEqual(raised.exception.code, "TOO_FEW_WORDS")


if __name__ == "__main__":
    unittest.main()
