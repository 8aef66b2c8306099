"""Says whether the IBAN that gantry/invoice-extractor read can be right. With `npm start` running:

    npx gantry module dev examples/python-step --once --project sample --input '{"iban": "GB82 WEST 1234 5698 7654 32"}'

`npx gantry module test examples/python-step` runs its test. The SDK beside it is the file that `module new --python` copies.
"""

from gantry_sdk import ModuleError, define_module, run


@define_module("examples/iban-check")
def iban_check(step):
    iban = (step.previous_output or {}).get("iban")
    if not iban:
        raise ModuleError("IBAN_MISSING", "the step before gave no iban", permanent=True)
    iban = iban.replace(" ", "").upper()
    # ISO 13616: the first four characters last, letters as numbers from 10 on, and the remainder of 97 is 1.
    valid = iban.isalnum() and int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1
    step.logger.info("Checked", valid=valid)
    return {"iban": iban, "valid": valid}


if __name__ == "__main__":
    run(iban_check)
