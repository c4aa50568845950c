"""
A Pipecat bot without any service: it says back what it hears. Key 1: a long tone instead. Key 2: an interruption, as when a caller
speaks into the bot's words. Key 3: the bot ends the stream.

Prints one JSON object a line: the port first, then what its serializer made of the socket's messages.
"""

import asyncio
import json
import math
import socket
import struct

import uvicorn
from fastapi import FastAPI, WebSocket
from pipecat.frames.frames import (
    EndWorkerFrame,
    Frame,
    InputAudioRawFrame,
    InputDTMFFrame,
    InterruptionFrame,
    OutputAudioRawFrame,
    StartFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.runner import PipelineRunner
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.runner.utils import parse_telephony_websocket
from pipecat.serializers.plivo import PlivoFrameSerializer
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport

RATE = 8000
TONE_HZ = 900
TONE_SECONDS = 20


def tell(**what):
    print(json.dumps(what), flush=True)


def tone():
    samples = (round(8000 * math.sin(2 * math.pi * TONE_HZ * n / RATE)) for n in range(RATE * TONE_SECONDS))
    return b"".join(struct.pack("<h", sample) for sample in samples)


class Bot(FrameProcessor):
    echoes = True

    async def process_frame(self, frame: Frame, direction: FrameDirection):
        await super().process_frame(frame, direction)
        if isinstance(frame, InputAudioRawFrame):
            if self.echoes:
                await self.push_frame(OutputAudioRawFrame(frame.audio, frame.sample_rate, frame.num_channels))
            return
        if isinstance(frame, InputDTMFFrame):
            await self.key(frame.button.value)
            return
        if isinstance(frame, StartFrame):
            tell(started=True)
        await self.push_frame(frame, direction)

    async def key(self, digit):
        tell(digit=digit)
        if digit == "1":
            self.echoes = False
            await self.push_frame(OutputAudioRawFrame(tone(), RATE, 1))
        elif digit == "2":
            await self.push_frame(InterruptionFrame())
            tell(interrupted=True)
        elif digit == "3":
            # Upstream, where the pipeline begins: so that both halves of the transport end.
            await self.push_frame(EndWorkerFrame(), FrameDirection.UPSTREAM)


app = FastAPI()


@app.websocket("/ws")
async def stream(websocket: WebSocket):
    await websocket.accept()
    kind, call = await parse_telephony_websocket(websocket)
    tell(kind=kind, call_id=call.call_id)
    serializer = PlivoFrameSerializer(
        stream_id=call.stream_id,
        call_id=call.call_id,
        # The serializer ends calls at a host name of its own: the bot ends the stream instead.
        params=PlivoFrameSerializer.InputParams(auto_hang_up=False),
    )
    transport = FastAPIWebsocketTransport(
        websocket=websocket,
        params=FastAPIWebsocketParams(audio_in_enabled=True, audio_out_enabled=True, serializer=serializer),
    )
    worker = PipelineWorker(
        Pipeline([transport.input(), Bot(), transport.output()]),
        params=PipelineParams(audio_in_sample_rate=RATE, audio_out_sample_rate=RATE),
    )

    @transport.event_handler("on_client_disconnected")
    async def gone(*_):
        tell(disconnected=True)
        await worker.cancel()

    runner = PipelineRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()
    tell(ended=True)


async def main():
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    tell(port=listening.getsockname()[1])
    await uvicorn.Server(uvicorn.Config(app, log_level="warning")).serve(sockets=[listening])


asyncio.run(main())
