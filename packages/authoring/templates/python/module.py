from gantry_sdk import ModuleError, define_module, option, run


def text_of(output):
    """Of what the step before gave: a text, or a document that was read."""
    return str((output.get("text") if isinstance(output, dict) else output) or "")


@define_module("acme/word-count", options={"least": option(int, default=1, description="Fewer words fail the step")})
def module(step):
    words = len(text_of(step.previous_output).split())
    if words < step.options["least"]:
        raise ModuleError("TOO_FEW_WORDS", f"{words} words", permanent=True)
    step.logger.info("Counted", words=words)
    return {"words": words}


if __name__ == "__main__":
    run(module)
