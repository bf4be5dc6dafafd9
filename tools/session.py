"""A person's browser tab as the server sees it: Streamlit's websocket protocol, without a browser.

It keeps widget values, follows pages, runs fragments again as often as they ask, and fails on
whatever a page would show as an error.
"""

from __future__ import annotations

import asyncio
import time
import urllib.request
from typing import Any
from urllib.parse import urlencode

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import connect

_XSRF = "_streamlit_xsrf"


class PageError(Exception):
    """What a page said instead of its content."""


class Session:
    """One tab; use it as an asynchronous context."""

    def __init__(self, address: str, cookies: dict[str, str] | None = None) -> None:
        self.address = address.replace("http", "ws", 1)
        self.headers = {"Origin": address}
        self.protocols = ["streamlit"]
        if cookies:
            self.headers["Cookie"] = "; ".join(f"{name}={it}" for name, it in cookies.items())
            self.protocols.append(cookies[_XSRF])  # without it no other cookie is believed
        self.redirect = ""  # where a page sends the browser, as to sign in
        self.pages: dict[str, str] = {}  # address -> hash of its script
        self.query = ""
        self.texts: list[str] = []
        self.ids: dict[str, str] = {}  # key of a widget -> its id on this page
        self._values: dict[str, WidgetState] = {}
        self.painted = 0.0  # seconds from the latest click to the page's first heading
        self._page, self._session, self._begun = "", "", 0.0
        self._urls: asyncio.Queue[Any] = asyncio.Queue()
        self._runs: asyncio.Queue[Any] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._polls: dict[str, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Session:
        self._socket = await connect(
            f"{self.address}/_stcore/stream", subprotocols=self.protocols, max_size=None,
            open_timeout=120, ping_timeout=None, additional_headers=self.headers,
        )  # fmt: skip
        self._tasks.append(asyncio.create_task(self._listen()))
        return self

    async def __aexit__(self, *exception: object) -> None:
        for task in (*self._tasks, *self._polls.values()):
            task.cancel()
        await self._socket.close()

    async def open(self, page: str, patience: float = 120, **parameters: object) -> float:
        """Go to a page by its address; seconds until it is drawn."""
        self.query, self._values = urlencode(parameters), {}
        message = self._rerun()
        if page in self.pages:
            self._page = message.rerun_script.page_script_hash = self.pages[page]
        else:
            message.rerun_script.page_name = page
        return await self._run(message, patience)

    async def choose(self, key: str, value: str, patience: float = 120) -> float:
        """Choose in a select box; seconds until the page is drawn again."""
        widget = self.ids[key]
        self._values[widget] = WidgetState(id=widget, string_value=value)
        return await self._run(self._rerun(), patience)

    async def press(self, key: str, patience: float = 120) -> float:
        """Press a button; seconds until the page is drawn again."""
        message = self._rerun()
        pressed = WidgetState(id=self.ids[key], trigger_value=True)
        message.rerun_script.widget_states.widgets.append(pressed)
        return await self._run(message, patience)

    async def upload(self, name: str, data: bytes, patience: float = 120) -> float:
        """Lay a file on the desk; seconds until it is read. The server must not ask for XSRF."""
        found = (k for k in self.ids if k.startswith("upload") and "folder" not in k)
        key = next(found, None)
        if key is None:
            raise PageError("there is nothing to lay a file on")
        message = BackMsg()
        message.file_urls_request.request_id = key
        message.file_urls_request.file_names.append(name)
        message.file_urls_request.session_id = self._session
        begun = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        urls = await asyncio.wait_for(self._urls.get(), patience)
        await asyncio.to_thread(self._put, urls.upload_url, name, data)
        state = WidgetState(id=self.ids[key])
        info = state.file_uploader_state_value.uploaded_file_info.add()
        info.name, info.size, info.file_id = name, len(data), urls.file_id
        info.file_urls.CopyFrom(urls)
        self._values[self.ids[key]] = state
        sent = time.perf_counter() - begun
        return sent + await self._run(self._rerun(), patience)

    def _put(self, url: str, name: str, data: bytes) -> None:
        edge = "glassbrain"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + data + f"\r\n--{edge}--\r\n".encode()
        request = urllib.request.Request(
            self.address.replace("ws", "http", 1) + url, body, method="PUT",
            headers={"Content-Type": f"multipart/form-data; boundary={edge}"},
        )  # fmt: skip
        urllib.request.urlopen(request, timeout=60).read()

    async def until(self, key: str, patience: float) -> None:
        """Wait, as a person does, until a widget is there."""
        deadline = time.monotonic() + patience
        while key not in self.ids:
            if time.monotonic() > deadline:
                raise PageError(f"{key} did not come within {patience} s")
            await asyncio.sleep(0.05)

    def _rerun(self) -> BackMsg:
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self._page
        message.rerun_script.widget_states.widgets.extend(self._values.values())
        return message

    async def _run(self, message: BackMsg, patience: float) -> float:
        while not self._runs.empty():
            self._runs.get_nowait()
        begun, early = time.perf_counter(), False
        self._begun, self.painted = begun, 0.0
        await self._socket.send(message.SerializeToString())
        while True:
            ended = await asyncio.wait_for(self._runs.get(), patience)
            if isinstance(ended, Exception):
                raise ended
            early = early or ended == ForwardMsg.FINISHED_EARLY_FOR_RERUN
            done = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
            if ended in done[: 1 + early]:  # a fragment's own time may cut a run short
                return time.perf_counter() - begun
            if ended == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                raise PageError("the page does not compile")

    async def _listen(self) -> None:
        try:
            async for data in self._socket:
                message = ForwardMsg.FromString(data)
                kind = message.WhichOneof("type")
                if kind == "new_session":
                    self._session = message.new_session.initialize.session_id
                    if not message.metadata.run.fragment_ids:
                        self.texts, self.ids = [], {}
                else:
                    self._hear(kind, message)
        except Exception as error:
            self._runs.put_nowait(PageError(f"the connection ended: {error!r}"))

    def _hear(self, kind: str, message: ForwardMsg) -> None:
        if kind == "navigation":
            self.pages = {p.url_pathname: p.page_script_hash for p in message.navigation.app_pages}
            self._page = message.navigation.page_script_hash
        elif kind == "file_urls_response":
            self._urls.put_nowait(message.file_urls_response.file_urls[0])
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "auth_redirect":
            self.redirect = message.auth_redirect.url
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._see(message.delta.new_element)
        elif kind == "auto_rerun":
            at = message.auto_rerun
            self._stop(at.fragment_id)
            self._polls[at.fragment_id] = asyncio.create_task(
                self._poll(at.fragment_id, at.interval)
            )
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self._stop(fragment)
        elif kind == "script_finished":
            self._runs.put_nowait(message.script_finished)

    def _see(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        found = getattr(element, kind)
        if kind == "heading" and not self.painted:
            self.painted = time.perf_counter() - self._begun
        if kind == "exception":
            self._runs.put_nowait(PageError(found.message))
        elif kind == "alert" and found.format == Alert.ERROR:
            self._runs.put_nowait(PageError(found.body))
        elif kind in ("markdown", "alert", "heading"):
            self.texts.append(found.body)
        if hasattr(found, "id") and "-" in found.id:
            self.ids[found.id.split("-", 2)[-1]] = found.id

    async def _poll(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            message = self._rerun()
            message.rerun_script.fragment_id = fragment
            message.rerun_script.is_auto_rerun = True
            await self._socket.send(message.SerializeToString())

    def _stop(self, fragment: str) -> None:
        if task := self._polls.pop(fragment, None):
            task.cancel()
