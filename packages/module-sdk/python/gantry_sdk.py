"""Write modules for Gantry in Python, and test them without it. One file, nothing but the standard library.

    from gantry_sdk import ModuleError, define_module, option, run

    @define_module("acme/word-count", options={"least": option(int, default=1)})
    def word_count(step):
        words = len(str(step.previous_output).split())
        if words < step.options["least"]:
            raise ModuleError("TOO_FEW_WORDS", f"{words} words", permanent=True)
        return {"words": words}

    if __name__ == "__main__":
        run(word_count)

A worker starts the file, and gives it one step after another. What it prints goes to the log of the step. A test calls
`run_module(word_count, previous_output="one two")`.
"""

import datetime
import io
import json
import os
import pathlib
import queue
import re
import shutil
import signal
import sys
import threading
import traceback
import uuid

__all__ = ["Aborted", "ModuleError", "define_module", "option", "run", "run_module"]

_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,99}")
_REF = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?/[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
_EVENT_TYPE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_EVENT_IDS = (
    "deduplicationKey", "storeId", "documentFamilyId", "contentObjectId", "channelId", "messageId", "taskId",
)  # fmt: skip
_STATUS_TYPES = (
    "THINKING", "SEARCHING", "PLANNING", "REVIEWING", "PROCESSING", "ANALYZING", "WRITING", "WAITING",
)  # fmt: skip
_MAX_EVENTS = 100
_MAX_EVENT_BYTES = 256 * 1024
_MAX_EVENTS_BYTES = 1024 * 1024
_MAX_CHECKPOINT_BYTES = 32 * 1024
_MAX_FRAMES = 20
_DAY_SECONDS = 24 * 60 * 60


class ModuleError(Exception):
    """A failure that is told apart: its code (SCREAMING_SNAKE, stable) becomes the code of the failed step.

    permanent: trying again is of no use. retry_after: seconds before which another try is of no use.
    status_code, advice: a status code that fits it, and what to do about it.
    """

    def __init__(self, code, message, *, permanent=False, retry_after=None, status_code=None, advice=None):
        super().__init__(message)
        if not _CODE.fullmatch(str(code)):
            raise TypeError(f"code: {code} is not of the form SCREAMING_SNAKE")
        if retry_after is not None and not 0 <= retry_after <= _DAY_SECONDS:
            raise TypeError(f"retry_after: {retry_after} is not a number of seconds up to a day")
        self.code = code
        self.permanent = permanent
        self.retry_after = retry_after
        self.status_code = status_code
        self.advice = advice
        self.validation_errors = None


class Aborted(Exception):
    """The step was asked to stop: it was cancelled, or its time is over."""


_REQUIRED = object()
_TYPE_NAMES = {str: "string", int: "integer", float: "number", bool: "boolean", list: "array", dict: "object"}


class _Option:
    def __init__(self, kind, default, description, choices):
        if kind not in _TYPE_NAMES:
            raise TypeError("option: expected str, int, float, bool, list or dict")
        self.kind = kind
        self.default = default
        self.description = description
        self.choices = choices

    def problem(self, value):
        number = self.kind in (int, float) and isinstance(value, (int, float)) and not isinstance(value, bool)
        whole = self.kind is not int or (number and value == int(value))
        if not ((number and whole) or (self.kind not in (int, float) and isinstance(value, self.kind))):
            return f"expected {_TYPE_NAMES[self.kind]}"
        if self.choices is not None and value not in self.choices:
            return "expected one of " + ", ".join(map(str, self.choices))
        return None


def option(kind, default=_REQUIRED, description="", choices=None):
    """An option of a module: str, int, float, bool, list or dict. Without a default it has to be given."""
    return _Option(kind, default, description, choices)


class _Module:
    def __init__(self, ref, infer, name, description, options):
        self.ref = ref
        self.infer = infer
        self.name = name
        self.description = description
        self.options = options

    def parse(self, given):
        """The options with defaults filled in; of a module that declares none, as they come."""
        if self.options is None:
            return dict(given)
        parsed, problems = {}, []
        for name, declared in self.options.items():
            value = given.get(name)
            if value is None:
                if declared.default is _REQUIRED:
                    problems.append((name, "is missing", declared.description))
                else:
                    parsed[name] = json.loads(json.dumps(declared.default))
                continue
            problem = declared.problem(value)
            if problem:
                problems.append((name, problem, declared.description))
            parsed[name] = value
        if problems:
            error = ModuleError("MODULE_OPTIONS_INVALID", "; ".join(f"{name}: {what}" for name, what, _ in problems))
            error.validation_errors = [
                {"option": name, "message": what, "description": description} for name, what, description in problems
            ]
            raise error
        return parsed


def define_module(ref, *, name=None, description=None, options=None):
    """Makes a function of a step a module. What it returns is the step's output: whatever JSON can hold."""
    if not _REF.fullmatch(ref):
        raise TypeError(f'ref: "{ref}" is not of the form organization/slug')
    return lambda infer: _Module(ref, infer, name, description, options)


class _Signal:
    def __init__(self):
        self._event = threading.Event()
        self.reason = None

    @property
    def aborted(self):
        return self._event.is_set()

    def throw_if_aborted(self):
        if self.aborted:
            raise Aborted(self.reason or "The step was asked to stop")

    def wait(self, seconds):
        """Waits, at most until the step is asked to stop. Whether it was."""
        return self._event.wait(seconds)

    def abort(self, reason=None):
        self.reason = reason
        self._event.set()


class _Logger:
    def __init__(self, tell):
        self._tell = tell

    def debug(self, message, **fields):
        self._log("debug", message, fields)

    def info(self, message, **fields):
        self._log("info", message, fields)

    def warn(self, message, **fields):
        self._log("warn", message, fields)

    warning = warn

    def error(self, message, **fields):
        self._log("error", message, fields)

    def _log(self, level, message, fields):
        entry = {"kind": "log", "level": level, "message": str(message)}
        if fields:
            entry["fields"] = json.loads(json.dumps(fields, default=str).replace("NaN", "null"))
        self._tell(entry)


class _Labels:
    def __init__(self, tell):
        self._tell = tell

    def add(self, label):
        self._change(label, True)

    def remove(self, label):
        self._change(label, False)

    def _change(self, label, labelled):
        if not isinstance(label, str) or not 0 < len(label) <= 200:
            raise _refused("labels", "expected a text of 1 to 200 characters")
        self._tell({"kind": "label", "label": label, "labelled": labelled})


class _Secrets:
    def __init__(self, ask):
        self._ask = ask

    def get(self, name):
        """A credential of the worker; raises SECRET_NOT_FOUND. It is masked in what the step tells and gives."""
        return self._ask("secret", name=str(name))


class _Content:
    """Bytes of the step's organization. They travel as files of the step's own folder, so none need be in memory."""

    def __init__(self, ask, folder):
        self._ask = ask
        self._folder = folder

    def open(self, content_ref):
        """A binary file to read from."""
        return open(self._ask("read-content", ref=content_ref)["path"], "rb")

    def read(self, content_ref, max_bytes=None):
        with self.open(content_ref) as file:
            if max_bytes is not None and os.fstat(file.fileno()).st_size > max_bytes:
                raise ModuleError("CONTENT_TOO_LARGE", f"content: larger than {max_bytes} bytes")
            return file.read()

    def write(self, content, *, content_type, name=None, temporary=False):
        """Keeps bytes, a binary file or the file at a path. The answer is a content reference.

        temporary: for a checkpoint. It is not among what the step wrote, and goes a week later at the earliest.
        """
        if not isinstance(content_type, str) or not content_type:
            raise _refused("content.write", "content_type: expected a text such as application/pdf")
        path = os.path.join(self._folder, uuid.uuid4().hex)
        if isinstance(content, (bytes, bytearray, memoryview)):
            pathlib.Path(path).write_bytes(content)
        elif isinstance(content, os.PathLike):
            shutil.copyfile(content, path)
        elif hasattr(content, "read"):
            with open(path, "wb") as file:
                shutil.copyfileobj(content, file)
        else:
            raise _refused("content.write", "expected bytes, a binary file or a path")
        try:
            return self._ask("write-content", path=path, contentType=content_type, name=name, temporary=temporary)
        finally:
            os.unlink(path)


class _Clock:
    def __init__(self, abort, now=None):
        self._signal = abort
        self._now = now

    def now(self):
        return self._now or datetime.datetime.now(datetime.timezone.utc)

    def sleep(self, seconds):
        """Waits; raises Aborted at once when the step is asked to stop."""
        self._signal.throw_if_aborted()
        if self._now is not None:
            self._now += datetime.timedelta(seconds=seconds)
        elif self._signal.wait(seconds):
            self._signal.throw_if_aborted()


class _Step:
    """What a module is given."""

    def __init__(self, options, given, abort, tell, ask, now=None):
        self.options = options
        self.execution_id = given["executionId"]
        self.organization_id = given["organizationId"]
        self.step_id = given["stepId"]
        self.step_index = given["stepIndex"]
        self.attempt = given["attempt"]
        self.epoch = given["epoch"]
        self.idempotency_key = given["idempotencyKey"]
        self.context = given["context"]
        self.document_family = given["documentFamily"]
        self.content_object = given["contentObject"]
        self.previous_output = given["previousOutput"]
        # What an attempt before this one kept last of how far it came; None: begin at the beginning.
        self.checkpoint = given.get("checkpoint")
        self.folder = given["folder"]
        self.signal = abort
        self.logger = _Logger(tell)
        self.labels = _Labels(tell)
        self.secrets = _Secrets(ask)
        self.content = _Content(ask, self.folder)
        self.clock = _Clock(abort, now)
        self._tell = tell
        self._events = 0
        self._event_bytes = 0

    def progress(self, done, max=None):
        for name, value in (("done", done), ("max", max)):
            if value is None and name == "max":
                continue
            if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value or abs(value) == float("inf"):
                raise _refused("progress", f"{name} is {value}, expected a number")
        self._tell({"kind": "progress", "done": done, "max": max})

    def keep_checkpoint(self, checkpoint):
        """Keeps how far this attempt came for the next one, should this one fail or be lost; the newest counts.

        At most 32 KiB of JSON: raises CHECKPOINT_TOO_LARGE, CHECKPOINT_NOT_JSON.
        """
        text = _json(checkpoint, "checkpoint")
        if len(text.encode()) > _MAX_CHECKPOINT_BYTES:
            raise ModuleError(
                "CHECKPOINT_TOO_LARGE", f"checkpoint: its JSON text is longer than {_MAX_CHECKPOINT_BYTES} bytes"
            )
        self._tell({"kind": "checkpoint", "checkpoint": json.loads(text)})

    def status_message(self, title, *, type, subtitle=None):
        if not isinstance(title, str) or not title:
            raise _refused("status_message", "title: expected a text")
        if type not in _STATUS_TYPES:
            raise _refused("status_message", "type: expected one of " + ", ".join(_STATUS_TYPES))
        message = {"kind": "status", "title": title, "type": type}
        self._tell(message if subtitle is None else {**message, "subtitle": str(subtitle)})

    def emit(self, event):
        """Hands an event to the engine once the step is recorded; raises EVENT_INVALID and the like."""
        self._events += 1
        if self._events > _MAX_EVENTS:
            raise ModuleError("TOO_MANY_EVENTS", f"emit: more than {_MAX_EVENTS} events in one step")
        size = len(_json(event, "event").encode())
        self._event_bytes += size
        if size > _MAX_EVENT_BYTES:
            raise ModuleError("EVENT_TOO_LARGE", f"event: its JSON text is longer than {_MAX_EVENT_BYTES} bytes")
        if self._event_bytes > _MAX_EVENTS_BYTES:
            raise ModuleError("TOO_MANY_EVENTS", f"emit: more than {_MAX_EVENTS_BYTES} bytes of events in one step")
        _check_event(event)
        self._tell({"kind": "event", "event": event})


def _check_event(event):
    if not isinstance(event, dict):
        raise ModuleError("EVENT_INVALID", "emit: expected an object")
    if not isinstance(event.get("eventType"), str) or not _EVENT_TYPE.fullmatch(event["eventType"]):
        raise ModuleError("EVENT_INVALID", "emit: eventType: expected UPPER_SNAKE_CASE")
    for name in _EVENT_IDS:
        value = event.get(name)
        if value is not None and not (isinstance(value, str) and 0 < len(value) <= 500):
            raise ModuleError("EVENT_INVALID", f"emit: {name}: expected a text of 1 to 500 characters")
    priority = event.get("priority")
    if priority is not None and not (type(priority) is int and 0 <= priority <= 1000):
        raise ModuleError("EVENT_INVALID", "emit: priority: expected a whole number from 0 to 1000")
    if not isinstance(event.get("data", {}), dict):
        raise ModuleError("EVENT_INVALID", "emit: data: expected an object")


def _refused(what, problem):
    return ModuleError("ARGUMENT_INVALID", f"{what}: {problem}")


def _json(value, subject):
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise ModuleError(f"{subject.upper()}_NOT_JSON", f"{subject}: {error}") from None


def _describe(error):
    frames = traceback.extract_tb(error.__traceback__)[-_MAX_FRAMES:]
    described = {
        "code": getattr(error, "code", "MODULE_FAILED") if isinstance(error, ModuleError) else "MODULE_FAILED",
        # Of a key that is missing the text is the key alone.
        "message": f"KeyError: {error}" if isinstance(error, KeyError) else str(error) or type(error).__name__,
        "errorType": type(error).__name__,
        "stackTrace": [
            {"function": frame.name, "file": frame.filename, "line": frame.lineno or 0, "column": (frame.colno or 0) + 1}
            if hasattr(frame, "colno")
            else {"function": frame.name, "file": frame.filename, "line": frame.lineno or 0, "column": 1}
            for frame in reversed(frames)
            if frame.filename != __file__
        ],
    }
    if isinstance(error, ModuleError):
        if error.permanent:
            described["permanent"] = True
        if error.retry_after is not None:
            described["retryAfter"] = error.retry_after
        if error.status_code is not None:
            described["statusCode"] = error.status_code
        if error.advice is not None:
            described["advice"] = error.advice
        if error.validation_errors:
            described["validationErrors"] = error.validation_errors
    return described


# --- with a worker -----------------------------------------------------------------------------------------------------


class _Printed(io.TextIOBase):
    """What is printed while a step runs, line by line."""

    def __init__(self, take):
        self._take = take
        self._begun = ""

    def writable(self):
        return True

    def write(self, text):
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self._take(line)
        if len(self._begun) > 8000:
            self.end()
        return len(text)

    def end(self):
        if self._begun:
            self._take(self._begun)
        self._begun = ""


class _Worker:
    """The other end of stdin and stdout: a line of JSON for each message; ours begin with a secret of this process."""

    def __init__(self, token):
        self._token = token
        # What the module and its children read and print is not the protocol.
        self._in = os.fdopen(os.dup(0), "r", encoding="utf-8")
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="surrogatepass", newline="\n")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        self._lock = threading.RLock()
        self._answers = {}
        self._asked = 0
        self.orders = queue.SimpleQueue()
        self.signal = None
        threading.Thread(target=self._read, name="gantry", daemon=True).start()

    def tell(self, message):
        self.write(json.dumps(message, default=str))

    def write(self, *texts):
        with self._lock:
            self._out.writelines(f"{self._token} {text}\n" for text in texts)
            self._out.flush()

    def ask(self, what, **about):
        with self._lock:
            self._asked += 1
            asked = self._asked
            answer = self._answers[asked] = queue.SimpleQueue()
        self.tell({"kind": "ask", "id": asked, "what": what, **about})
        given = answer.get()
        if "error" in given:
            raise ModuleError(given["error"]["code"], given["error"]["message"])
        return given["value"]

    def _read(self):
        for line in self._in:
            message = json.loads(line)
            if message["kind"] == "answer":
                answer = self._answers.pop(message["id"], None)
                if answer is not None:
                    answer.put(message)
            elif message["kind"] == "stop":
                self.stop(message.get("message"))
            else:
                self.orders.put(message)
        os._exit(0)

    def stop(self, reason=None):
        if self.signal is not None:
            self.signal.abort(reason)


def run(module):
    """Runs the module for a worker: the last line of its file."""
    token = os.environ.pop("GANTRY_TOKEN", None)
    if token is None:
        sys.exit(f"{module.ref} is a module of Gantry: a worker starts it. To try it: gantry module run FOLDER")
    worker = _Worker(token)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop("The step was asked to stop"))
    logger = _Logger(worker.tell)
    sys.stdout, sys.stderr = _Printed(logger.info), _Printed(logger.warn)
    threads = threading.active_count()
    while True:
        order = worker.orders.get()
        worker.signal = _Signal()
        end = _end_of(module, order["step"], worker)
        sys.stdout.end()
        sys.stderr.end()
        worker.signal = None
        # Whatever still runs could fail, or print, in the middle of the next step.
        ready = ['{"kind":"ready"}'] if threading.active_count() <= threads else []
        # In one piece, so that the worker knows of it when it looks for who takes the next step.
        worker.write(end, *ready)


def _end_of(module, given, worker):
    try:
        step = _Step(module.parse(given["options"]), given, worker.signal, worker.tell, worker.ask)
        return f'{{"kind":"succeeded","output":{_json(module.infer(step), "output")}}}'
    except Exception as error:
        return json.dumps({"kind": "failed", "error": _describe(error)}, default=str)


# --- without one -------------------------------------------------------------------------------------------------------


class _Ran:
    """What a module gave and told."""

    def __init__(self):
        self.output = None
        self.logs = []
        self.progress = []
        self.status_messages = []
        self.events = []
        self.labels_added = []
        self.labels_removed = []
        self.checkpoints = []
        self.written = []

    def _take(self, told):
        kind = told["kind"]
        about = {name: value for name, value in told.items() if name != "kind"}
        if kind == "log":
            self.logs.append(about)
        elif kind == "progress":
            self.progress.append(about)
        elif kind == "status":
            self.status_messages.append(about)
        elif kind == "event":
            self.events.append(about["event"])
        elif kind == "checkpoint":
            self.checkpoints.append(about["checkpoint"])
        elif kind == "label":
            (self.labels_added if about["labelled"] else self.labels_removed).append(about["label"])


def run_module(
    module,
    *,
    options=None,
    context=None,
    document_family=None,
    content_object=None,
    previous_output=None,
    attempt=1,
    checkpoint=None,
    epoch=1,
    contents=None,
    secrets=None,
    abort=None,
    now=None,
):
    """Runs a module once as Gantry does, without Gantry: for tests. Raises what the module raises.

    checkpoint: what an attempt before kept. contents: bytes or text by content reference. abort: a function that is given the step's signal before it begins.
    now: where a clock begins that moves only by clock.sleep.
    """
    import tempfile

    ran = _Ran()
    step_id = f"{uuid.uuid4()}.0"
    kept = {ref: text.encode() if isinstance(text, str) else text for ref, text in (contents or {}).items()}
    with tempfile.TemporaryDirectory() as folder:

        def ask(what, **about):
            if what == "secret":
                if about["name"] in (secrets or {}):
                    return secrets[about["name"]]
                raise ModuleError("SECRET_NOT_FOUND", f"secrets: there is no secret {about['name']}")
            if what == "read-content":
                if about["ref"] not in kept:
                    raise ModuleError("CONTENT_NOT_FOUND", f"content_ref: nothing is stored as {about['ref']}")
                path = os.path.join(folder, uuid.uuid4().hex)
                pathlib.Path(path).write_bytes(kept[about["ref"]])
                return {"path": path}
            ref = f"content://test/{uuid.uuid4()}"
            kept[ref] = pathlib.Path(about["path"]).read_bytes()
            ran.written.append(
                {"ref": ref, "bytes": kept[ref], "content_type": about["contentType"], "name": about["name"]}
            )
            return ref

        given = {
            "executionId": step_id[:-2],
            "organizationId": "test",
            "stepId": step_id,
            "stepIndex": 0,
            "attempt": attempt,
            "epoch": epoch,
            "idempotencyKey": step_id,
            "context": context or {},
            "documentFamily": document_family,
            "contentObject": content_object,
            "previousOutput": previous_output,
            "checkpoint": checkpoint,
            "folder": folder,
        }
        stop = _Signal()
        if abort is not None:
            abort(stop)
        step = _Step(module.parse(options or {}), given, stop, ran._take, ask, now)
        ran.output = json.loads(_json(module.infer(step), "output"))
    return ran
