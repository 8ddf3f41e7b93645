"""Makes pictures and videos that break Meta's rules, and some that only just keep them, with libvips' `vips` and ffmpeg.

Each file is a Case: how it is made, what it is to be used as, and the rules of the preflight that it breaks."""
import os
import struct
import subprocess
from dataclasses import dataclass, field
from typing import Callable

MIB = 1024 * 1024


@dataclass
class Case:
    name: str                      # of the file, with its extension
    use: str                       # image, image-item, image-story, reel, video-item, video-story
    make: Callable[[str], None]    # writes the file at the path
    rules: list = field(default_factory=list)  # the errors that must be found, and no others
    thumb_offset_ms: int | None = None
    is_disputed: bool = False      # allowed as it is stored or as it is shown, but not both


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True, check=False, timeout=300)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()[-400:]}")


def vips(*arguments):
    run("vips", *arguments)


def ffmpeg(*arguments):
    run("ffmpeg", "-nostdin", "-v", "error", "-y", *arguments)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


class Bases:
    """Files that others are made of, each made once."""

    def __init__(self, folder):
        self.folder = folder
        self.jpeg = self.path("base.jpg")
        self.film = self.path("base.mp4")
        vips("gaussnoise", self.path("noise.v"), "600", "500", "--mean", "128", "--sigma", "20")
        vips("cast", self.path("noise.v"), self.path("grey.v"), "uchar")
        vips("bandjoin", " ".join([self.path("grey.v")] * 3), self.path("three.v"))
        vips("copy", self.path("three.v"), self.path("rgb.v"), "--interpretation", "srgb")
        vips("jpegsave", self.path("rgb.v"), self.jpeg, "--Q", "80")
        encode(self.film, 4)

    def path(self, name):
        return os.path.join(self.folder, name)


# ---- pictures

def plain_jpeg(width, height):
    return lambda path: vips("black", path + "[Q=60]", str(width), str(height), "--bands", "3")


def saved_as(bases, suffix):
    def make(path):
        if path.endswith(".bmp"):
            ffmpeg("-i", bases.jpeg, path)
        else:
            vips("copy", bases.path("rgb.v"), path + suffix)
    return make


def with_bytes(content):
    return lambda path: write(path, content)


def with_segment(bases, marker, content):
    def make(path):
        data = read(bases.jpeg)
        write(path, data[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content + data[2:])
    return make


def turned(path, orientation):
    """The JPEG at the path with an EXIF that asks for that turn (1 to 8)."""
    tiff = b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
    content = b"Exif\0\0" + tiff
    data = read(path)
    write(path, data[:2] + b"\xFF\xE1" + struct.pack(">H", len(content) + 2) + content + data[2:])


def turned_jpeg(width, height, orientation):
    def make(path):
        vips("black", path + "[Q=60,strip]", str(width), str(height), "--bands", "3")
        turned(path, orientation)
    return make


def cut(source, share):
    def make(path):
        data = read(source)
        write(path, data[:int(len(data) * share)])
    return make


def padded_to(source, size):
    def make(path):
        write(path, read(source))
        os.truncate(path, size)
    return make


def pictures(bases):
    shapes = [(1080, 1350), (1080, 1080), (1080, 566), (1080, 565), (320, 400), (1440, 754), (800, 1000), (1000, 524),
              (640, 640), (1080, 1351), (400, 320), (955, 500)]
    for width, height in shapes:
        yield Case(f"ok-{width}x{height}.jpg", "image", plain_jpeg(width, height))
    off = [(1080, 1352), (1080, 1920), (1080, 564), (1080, 400), (1920, 1000), (640, 1136), (320, 420), (1440, 700),
           (500, 1000), (1000, 500), (600, 3000), (3000, 600), (100, 130), (1080, 1400), (1080, 540), (400, 100),
           (100, 400), (1200, 1600), (900, 1200), (750, 1334), (1125, 2436), (828, 1792), (1170, 2532), (1080, 2400)]
    for width, height in off:
        yield Case(f"off-{width}x{height}.jpg", "image", plain_jpeg(width, height), ["image-ratio"])
        yield Case(f"off-item-{width}x{height}.jpg", "image-item", plain_jpeg(width, height), ["image-ratio"])
    for width, height in off[:8]:  # stories have no shape that is refused
        yield Case(f"story-{width}x{height}.jpg", "image-story", plain_jpeg(width, height))
    for orientation in range(1, 9):
        is_quarter = orientation >= 5
        yield Case(f"turn-{orientation}-3x4.jpg", "image", turned_jpeg(1200, 1600, orientation),
                   [] if is_quarter else ["image-ratio"], is_disputed=is_quarter)
        yield Case(f"turn-{orientation}-4x3.jpg", "image", turned_jpeg(1600, 1200, orientation), is_disputed=is_quarter)
        yield Case(f"turn-{orientation}-item-4x3.jpg", "image-item", turned_jpeg(1600, 1200, orientation),
                   is_disputed=is_quarter)
        yield Case(f"turn-{orientation}-3x1.jpg", "image", turned_jpeg(1200, 400, orientation), ["image-ratio"])
        yield Case(f"turn-{orientation}-5x4.jpg", "image", turned_jpeg(1000, 800, orientation))
        yield Case(f"turn-{orientation}-story.jpg", "image-story", turned_jpeg(1600, 1200, orientation))
    for use in ("image", "image-item", "image-story"):
        for extension in ("png", "webp", "gif", "tif", "heic", "avif", "bmp"):
            yield Case(f"{use}.{extension}", use, saved_as(bases, ""), ["image-format"])
        # What is called .jpg and is none.
        yield Case(f"{use}-png-called.jpg", use, lambda path: vips("pngsave", bases.path("rgb.v"), path), ["image-format"])
        yield Case(f"{use}-webp-called.jpg", use, lambda path: vips("webpsave", bases.path("rgb.v"), path), ["image-format"])
        yield Case(f"{use}-mpo.jpg", use, with_segment(bases, 0xE2, b"MPF\0MM\0*\0\0\0\x08" + bytes(40)), ["image-multi-picture"])
        yield Case(f"{use}-jps.jpg", use, with_segment(bases, 0xE3, b"_JPSJPS_" + bytes(12)), ["image-multi-picture"])
        yield Case(f"{use}-film.jpg", use, lambda path: write(path, read(bases.film)), ["medium-type"])
        for share in (0.3, 0.6, 0.9, 0.999):
            yield Case(f"{use}-cut-{share}.jpg", use, cut(bases.jpeg, share), ["medium-unreadable"])
        for name, content in (("empty", b""), ("text", b"Dear Sir or Madam\n"), ("html", b"<!doctype html><title>Log in</title>"),
                              ("pdf", b"%PDF-1.7\n" + bytes(200)), ("svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
                              ("zip", b"PK\x03\x04" + bytes(200)), ("zeros", bytes(5000)), ("magic", b"\xFF\xD8\xFF"),
                              ("half-head", b"\xFF\xD8\xFF\xE0\x00\x10JFIF\0")):
            yield Case(f"{use}-{name}.jpg", use, with_bytes(content), ["medium-unreadable"])
        yield Case(f"{use}-8mib.jpg", use, padded_to(bases.jpeg, 8 * MIB))
        yield Case(f"{use}-8mib-1.jpg", use, padded_to(bases.jpeg, 8 * MIB + 1), ["image-bytes"])
        yield Case(f"{use}-20mib.jpg", use, padded_to(bases.jpeg, 20 * MIB), ["image-bytes"])
        yield Case(f"{use}-png-9mib.png", use, lambda path: padded_png(bases, path), ["image-format", "image-bytes"])
        yield Case(f"{use}-progressive.jpg", use, lambda path: vips("jpegsave", bases.path("rgb.v"), path, "--interlace"))
        yield Case(f"{use}-grey.jpg", use, lambda path: vips("jpegsave", bases.path("grey.v"), path))
        yield Case(f"{use}-cmyk.jpg", use, lambda path: vips("icc_export", bases.path("lab.v"), path, "--output-profile", "cmyk"))


def padded_png(bases, path):
    vips("pngsave", bases.path("rgb.v"), path)
    os.truncate(path, 9 * MIB)


# ---- videos

def encode(path, seconds, *options, size="64x114", rate=24, sound=True, audio=("-c:a", "aac", "-b:a", "64k"),
           video=("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"), flags="+faststart", source="testsrc2"):
    inputs = ["-f", "lavfi", "-i", f"{source}=s={size}:r={rate}"]
    if sound:
        inputs += ["-f", "lavfi", "-i", "sine=r=48000"]
    moov = ["-movflags", flags] if flags and path.endswith((".mp4", ".mov")) else []
    ffmpeg(*inputs, "-t", str(seconds), *video, *(audio if sound else ()), *options, *moov, path)


def film(seconds, *options, **wishes):
    return lambda path: encode(path, seconds, *options, **wishes)


def copied(bases, *options, before=()):
    return lambda path: ffmpeg(*before, "-i", bases.film, "-c", "copy", *options, path)


def looped(bases, seconds):
    return lambda path: ffmpeg("-stream_loop", "-1", "-i", bases.film, "-c", "copy", "-t", str(seconds), "-movflags",
                               "+faststart", path)


def boxes(data):
    at = 0
    while at + 8 <= len(data):
        size = struct.unpack(">I", data[at:at + 4])[0]
        yield at, size, data[at + 4:at + 8]
        at += size


def with_edits(bases, edits):
    """The film with every elst replaced by free space of the same length, and a true edit list in the first trak's edts.

    edits: (duration, media time, rate). The list that ffmpeg writes has one entry; one more would move all offsets, so
    entries are written over the first one, and a second one only where the box has room for it."""
    def make(path):
        data = bytearray(read(bases.film))
        at = data.find(b"elst")
        for i, (duration, time, rate) in enumerate(edits):
            struct.pack_into(">Iii", data, at + 12 + 12 * i, duration, time, rate)
        write(path, data)
    return make


def with_free_box(source, size):
    """A free box at the end, so that the file has `size` bytes."""
    def make(path):
        data = read(source)
        write(path, data + struct.pack(">I", size - len(data)) + b"free")
        os.truncate(path, size)
    return make


def without_index(bases):
    def make(path):
        data = bytearray(read(bases.film))
        for at, _, kind in list(boxes(data)):
            if kind == b"moov":
                data[at + 4:at + 8] = b"free"
        write(path, data)
    return make


X264 = ("-c:v", "libx264", "-preset", "ultrafast")


def videos(bases):
    uses = ("reel", "video-item", "video-story")
    for use in uses:
        longest = 60 if use == "video-story" else 900
        yield Case(f"{use}-ok.mp4", use, film(4))
        yield Case(f"{use}-ok.mov", use, film(4))
        yield Case(f"{use}-silent.mp4", use, film(4, sound=False))
        yield Case(f"{use}-hevc.mp4", use, film(4, video=("-c:v", "libx265", "-preset", "ultrafast", "-x265-params",
                                                          "log-level=none", "-pix_fmt", "yuv420p", "-tag:v", "hvc1")))
        yield Case(f"{use}-10bit.mp4", use, film(4, video=(*X264, "-pix_fmt", "yuv420p10le")))
        for seconds in (0.5, 1, 2, 2.5):
            yield Case(f"{use}-{seconds}s.mp4", use, film(seconds), ["video-duration"])
        yield Case(f"{use}-3s.mp4", use, film(3.05))
        yield Case(f"{use}-long.mp4", use, looped(bases, longest + 5), ["video-duration"])
        yield Case(f"{use}-just.mp4", use, looped(bases, longest - 5))
        for rate in (5, 10, 15, 20, 22):
            yield Case(f"{use}-{rate}fps.mp4", use, film(4, rate=rate), ["video-frame-rate"])
        for rate in ("24000/1001", "25", "30", "60000/1001", "60"):
            yield Case(f"{use}-{rate.replace('/', '-')}fps.mp4", use, film(4, rate=rate))
        for rate in (62, 75, 90, 120):
            yield Case(f"{use}-{rate}fps.mp4", use, film(4, rate=rate), ["video-frame-rate"])
        for codec in ("mpeg4", "mpeg2video", "libvpx-vp9"):
            more = ("-deadline", "realtime", "-cpu-used", "8") if "vp9" in codec else ()
            yield Case(f"{use}-{codec}.mp4", use, film(4, video=("-c:v", codec, "-pix_fmt", "yuv420p", *more)), ["video-codec"])
        for codec, form in (("mjpeg", "yuvj420p"), ("prores_ks", "yuv422p10le")):
            yield Case(f"{use}-{codec}.mov", use, film(4, video=("-c:v", codec, "-pix_fmt", form)), ["video-codec"])
        for extension in ("mkv", "avi", "ts", "flv"):
            yield Case(f"{use}.{extension}", use, copied(bases), ["video-format"] if extension != "avi" else ["video-format"])
        yield Case(f"{use}.webm", use, film(4, video=("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"),
                                            audio=("-c:a", "libvorbis")), ["video-format", "video-codec", "audio-codec"])
        for codec in ("libmp3lame", "ac3", "libopus", "flac", "alac"):
            yield Case(f"{use}-{codec}.mp4", use, film(4, "-strict", "-2", audio=("-c:a", codec)), ["audio-codec"])
        yield Case(f"{use}-pcm.mov", use, film(4, audio=("-c:a", "pcm_s16le")), ["audio-codec"])
        for rate in (64000, 88200, 96000):
            yield Case(f"{use}-{rate}hz.mp4", use, film(4, audio=("-c:a", "aac", "-ar", str(rate))), ["audio-sample-rate"])
        for rate in (8000, 22050, 44100):
            yield Case(f"{use}-{rate}hz.mp4", use, film(4, audio=("-c:a", "aac", "-ar", str(rate))))
        for channels in (3, 4, 6, 8):
            yield Case(f"{use}-{channels}ch.mp4", use, film(4, audio=("-c:a", "aac", "-ac", str(channels))), ["audio-channels"])
        yield Case(f"{use}-moov-last.mp4", use, film(4, flags=""), ["video-index-first"])
        yield Case(f"{use}-moov-last.mov", use, film(4, flags=""), ["video-index-first"])
        yield Case(f"{use}-fragments.mp4", use, film(4, flags="frag_keyframe+empty_moov+default_base_moof"),
                   ["video-fragmented"])
        yield Case(f"{use}-late-edit.mp4", use, with_edits(bases, [(4000, -1, 0x10000)]), ["video-edit-list"])
        yield Case(f"{use}-fast-edit.mp4", use, with_edits(bases, [(4000, 0, 0x20000)]), ["video-edit-list"])
        yield Case(f"{use}-plain-edit.mp4", use, with_edits(bases, [(4000, 0, 0x10000)]))
        yield Case(f"{use}-1920.mp4", use, film(3.2, size="1920x200", source="color"))
        yield Case(f"{use}-1922.mp4", use, film(3.2, size="1922x200", source="color"), ["video-width"])
        yield Case(f"{use}-2560.mp4", use, film(3.2, size="2560x320", source="color"), ["video-width"])
        yield Case(f"{use}-wide.mp4", use, film(3.2, size="640x60", source="color"), ["video-ratio"])
        yield Case(f"{use}-ribbon.mp4", use, film(3.2, size="1200x32", source="color"), ["video-ratio"])
        yield Case(f"{use}-tall.mp4", use, film(3.2, size="32x640", source="color"),
                   ["video-ratio"] if use == "video-story" else [])
        yield Case(f"{use}-thread.mp4", use, film(3.2, size="16x1640", source="color"), ["video-ratio"])
        yield Case(f"{use}-noise.mp4", use, film(3.2, size="640x480", source="nullsrc", video=(
            "-vf", "geq=random(1)*255:128:128", *X264, "-qp", "0", "-pix_fmt", "yuv420p")), ["video-bit-rate"])
        yield Case(f"{use}-422.mp4", use, film(4, video=(*X264, "-pix_fmt", "yuv422p")), ["video-chroma"])
        yield Case(f"{use}-444.mp4", use, film(4, video=(*X264, "-pix_fmt", "yuv444p")), ["video-chroma"])
        yield Case(f"{use}-interlaced.mp4", use, film(4, "-flags", "+ilme+ildct", size="64x128", video=(
            "-c:v", "libx264", "-preset", "veryfast", "-x264opts", "interlaced=1", "-pix_fmt", "yuv420p")), ["video-interlaced"])
        # Between 300 MB and 1 GB Meta's pages disagree about reels: there the simulator goes by a switch.
        sure, largest = (100, 100) if use == "video-story" else (300, 1024)
        yield Case(f"{use}-large.mp4", use, with_free_box(bases.film, sure * MIB), [])
        yield Case(f"{use}-too-large.mp4", use, with_free_box(bases.film, largest * MIB + 1), ["video-bytes"])
        for share in (0.2, 0.5, 0.95):
            yield Case(f"{use}-cut-{share}.mp4", use, cut(bases.film, share), ["medium-unreadable"])
        yield Case(f"{use}-no-index.mp4", use, without_index(bases), ["medium-unreadable"])
        for name, content in (("empty", b""), ("text", b"Dear Sir or Madam\n"), ("zeros", bytes(5000)),
                              ("ftyp", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom")):
            yield Case(f"{use}-{name}.mp4", use, with_bytes(content), ["medium-unreadable"])
        yield Case(f"{use}-picture.mp4", use, lambda path: write(path, read(bases.jpeg)), ["medium-type"])
        yield Case(f"{use}-sound-only.mp4", use, lambda path: ffmpeg("-f", "lavfi", "-i", "sine=r=48000", "-t", "4", "-c:a",
                                                                   "aac", path), ["medium-unreadable"])
    yield Case("reel-thumb-in.mp4", "reel", lambda path: write(path, read(bases.film)), [], 3000)
    yield Case("reel-thumb-behind.mp4", "reel", lambda path: write(path, read(bases.film)), ["thumb-offset"], 60000)
