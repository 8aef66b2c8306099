import datetime
import unittest

from gantry_sdk import Aborted, ModuleError, define_module, option, run_module


@define_module("test/reads", options={"pages": option(int, default=2), "mode": option(str, choices=["a", "b"])})
def reads(step):
    step.logger.info("Reading", pages=step.options["pages"])
    step.progress(1, 2)
    step.keep_checkpoint({"page": (step.checkpoint or 0) + 1})
    step.status_message("Reading", type="PROCESSING")
    copy = step.content.write(step.content.read("content://a") + b"!", content_type="text/plain", name="a.txt")
    step.labels.add("read")
    step.labels.remove("new")
    step.emit({"eventType": "TASK_CREATED", "taskId": "t1"})
    with step.content.open(copy) as file:
        return {"again": file.read().decode(), "key": step.secrets.get("KEY")}


def module_that(infer):
    return define_module("test/module")(infer)


class RunModule(unittest.TestCase):
    def test_gives_the_output_and_all_that_the_module_told(self):
        ran = run_module(reads, options={"mode": "a"}, contents={"content://a": "hello"}, secrets={"KEY": "k"}, checkpoint=1)
        self.assertEqual(ran.output, {"again": "hello!", "key": "k"})
        self.assertEqual(ran.logs, [{"level": "info", "message": "Reading", "fields": {"pages": 2}}])
        self.assertEqual(ran.progress, [{"done": 1, "max": 2}])
        self.assertEqual(ran.status_messages, [{"title": "Reading", "type": "PROCESSING"}])
        self.assertEqual(ran.checkpoints, [{"page": 2}])
        self.assertEqual(ran.events, [{"eventType": "TASK_CREATED", "taskId": "t1"}])
        self.assertEqual((ran.labels_added, ran.labels_removed), (["read"], ["new"]))
        self.assertEqual((ran.written[0]["bytes"], ran.written[0]["name"]), (b"hello!", "a.txt"))

    def test_refuses_options_as_a_worker_does(self):
        with self.assertRaises(ModuleError) as raised:
            run_module(reads, options={"pages": "two", "mode": "c"})
        self.assertEqual(raised.exception.code, "MODULE_OPTIONS_INVALID")
        self.assertEqual([each["option"] for each in raised.exception.validation_errors], ["pages", "mode"])

    def test_has_a_clock_that_only_sleeping_moves_and_stops_at_an_abort(self):
        start = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)

        def infer(step):
            step.clock.sleep(60)
            at = step.clock.now()
            step.signal.abort()
            with self.assertRaises(Aborted):
                step.clock.sleep(1)
            return at.isoformat()

        self.assertEqual(run_module(module_that(infer), now=start).output, "2026-01-01T00:01:00+00:00")

    def test_refuses_what_is_wrong_where_it_happens(self):
        for code, infer in [
            ("EVENT_INVALID", lambda step: step.emit({"taskId": "t1"})),
            ("EVENT_INVALID", lambda step: step.emit({"eventType": "XY", "priority": "high"})),
            ("EVENT_TOO_LARGE", lambda step: step.emit({"eventType": "XY", "data": {"text": "x" * 300_000}})),
            ("CHECKPOINT_TOO_LARGE", lambda step: step.keep_checkpoint("x" * 40_000)),
            ("ARGUMENT_INVALID", lambda step: step.progress(float("nan"))),
            ("ARGUMENT_INVALID", lambda step: step.status_message("x", type="X")),
            ("ARGUMENT_INVALID", lambda step: step.labels.add("")),
            ("ARGUMENT_INVALID", lambda step: step.content.write("text", content_type="text/plain")),
            ("SECRET_NOT_FOUND", lambda step: step.secrets.get("NONE")),
            ("CONTENT_NOT_FOUND", lambda step: step.content.read("content://x")),
            ("OUTPUT_NOT_JSON", lambda step: {1, 2}),
        ]:
            with self.subTest(code), self.assertRaises(ModuleError) as raised:
                run_module(module_that(infer))
            self.assertEqual(raised.exception.code, code)


if __name__ == "__main__":
    unittest.main()
