from gantry_sdk import ModuleError, define_module, option, run


@define_module("acme/word-count", options={"least": option(int, default=1, description="Fewer words fail the step")})
def module(step):
    words = len(str(step.previous_output or "").split())
    if words < step.options["least"]:
        raise ModuleError("TOO_FEW_WORDS", f"{words} words", permanent=True)
    step.logger.info("Counted", words=words)
    return {"words": words}


if __name__ == "__main__":
    run(module)
