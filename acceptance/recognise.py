"""A speech engine for the command line: reads a WAV file from standard input and prints what was said, with pocketsphinx.

Its English model comes with the package, so nothing is asked of a network. The model was trained with microphones, and telephones carry
half of what it listens to: it is given the sentences that may be said, the hints of the request or else those of its arguments.
With --fault it is one of the broken engines of the suite, with --slow it takes its time.
"""

import io
import json
import os
import sys
import time
import wave

from pocketsphinx import Decoder


def main():
    if sys.argv[1:2] == ["--fault"]:
        fault(os.environ.get("SPEECH_HINTS", ""))
    if sys.argv[1:2] == ["--slow"]:
        time.sleep(4)
    audio = wave.open(io.BytesIO(sys.stdin.buffer.read()))
    hints = [line.strip().lower() for line in os.environ["SPEECH_HINTS"].split("\n") if line.strip()]
    sentences = hints or [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    decoder = Decoder(lm=None, samprate=audio.getframerate(), loglevel="FATAL")
    decoder.add_jsgf_string("said", "#JSGF V1.0; grammar said; public <said> = (" + " | ".join(sentences) + ");")
    decoder.activate_search("said")
    decoder.start_utt()
    decoder.process_raw(audio.readframes(audio.getnframes()), full_utt=True)
    decoder.end_utt()
    hypothesis = decoder.hyp()
    print(json.dumps({"text": hypothesis.hypstr if hypothesis else "", "confidence": 0.75}))


def fault(hints):
    """Says by its hints what goes wrong: it dies, or it never answers, with a helper of its own that does not either."""
    if "hang" in hints:
        os.spawnlp(os.P_NOWAIT, "sleep", "sleep", "613")
        time.sleep(613)
    sys.stderr.write("the model could not be loaded\n")
    os._exit(3)


main()
