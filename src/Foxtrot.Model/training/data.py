"""Reads the corpus, varies its openings, and deals it out in batches.

The stories are cut from the file, tidied (typographic quotes, spaces at line ends) and split: every 180th is held out.
86 % of them begin "Once upon a", so part of the training stories are reworded each time they are dealt: see vary().
"""
import gzip
import random
import re

HELD_OUT_EVERY = 180
TIDY = str.maketrans({"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\u2013": "-", "\u2014": "-"})

GIRLS = ("Ada Aisha Alma Amina Amy Anya Bella Carla Celia Clara Daisy Dora Elena Elsa Emma Eva Fatima Flora Freya Grace "
         "Greta Hana Hazel Heidi Ida Ines Iris Ivy Jade Jane Julia Kate Kira Laila Lena Lucia Luna Maria Maya Mei Mila "
         "Mina Nadia Nina Nora Olga Olive Paula Petra Pia Priya Rosa Ruby Ruth Sara Selma Sofia Stella Tara Thea Uma "
         "Vera Wendy Yara Yuki Zara Zoe").split()
BOYS = ("Abel Adam Ali Anton Arthur Axel Boris Bruno Carlos Cem David Diego Edgar Elias Emil Erik Felix Finn Frank "
        "Georg Hans Harry Hugo Igor Ivan Jamal Jan Jonas Juan Karl Kenji Kofi Leo Liam Luca Marco Mateo Milo Noah Oleg "
        "Omar Oscar Otto Paul Pedro Peter Rafi Ravi Robin Rosto Samir Sven Theo Toby Tomas Umar Victor Walter Will Yusuf "
        "Zack").split()
ANIMALS = ("Bandit Biscuit Bolt Button Captain Coco Dusty Echo Foxtrot Ginger Hazel Inky Jasper Kiki Moss Nutmeg Pebble "
           "Pepper Pip Quill Rusty Scout Shadow Sparky Tango Twiggy Waffle Whisper Ziggy").split()

THERE_WAS = ["There was once", "There once was", "Once there was", "There was", "Long ago, there was",
             "A long time ago, there was", "Long, long ago, there lived", "Far away, there lived",
             "In a small village, there lived", "In a big forest, there lived", "In a little house by the sea, there lived",
             "In a faraway land, there was", "High up in the mountains, there lived", "This is the story of",
             "This is a story about", "Let me tell you about", "In a town not far from here, there was",
             "Not so long ago, there was", "Deep in the woods, there lived", "On a small farm, there lived"]
ONE_DAY = ["One morning", "One night", "One evening", "One sunny day", "One rainy day", "One winter day", "On Monday",
           "Yesterday", "Last summer", "On a cold day", "On a warm summer evening", "Early in the morning", "Today",
           "It was a bright and windy day when", "It was late when", "It was raining when"]
NAMED = ["{name} was {who}.", "{name} is {who}.", "Meet {name}. {name} was {who}.",
         '"Hello," said {name}. {name} was {who}.', '"Where are you, {name}?" asked Mom. {name} was {who}.',
         '"I want to play!" said {name}. {name} was {who}.', "{name} woke up early. {name} was {who}.",
         '"Look at that!" said {name}. {name} was {who}.', "It was a sunny day. {name} was {who}."]
REQUESTS = ["Tell me a story about {topic}.", "Write a story about {topic}.", "Please tell me a story about {topic}.",
            "Tell me about {topic}.", "A story about {topic}", "Can you tell me a story about {topic}?", "The story of {topic}"]

OPENING = re.compile(r"Once upon a time, there was (an? [a-z ,]+?) (?:named|called) ([A-Z][a-z]+)\.")
ONCE = re.compile(r"Once upon a time,? there (?:was|lived) (an? )")
TOPIC = re.compile(r"(?:there was|there lived|One day,) (an? [a-z ]+?(?: (?:named|called) [A-Z][a-z]+)?)[.,]")
SENTENCE_END = re.compile(r"[.!?]\"?\s+")


def read_stories(path):
    """Returns (training stories, held-out stories)."""
    with gzip.open(path, "rt", encoding="utf-8") as f:
        text = re.sub(r"[ \t]+\n", "\n", f.read().translate(TIDY))
    stories = [s.strip() for s in text.split("<|endoftext|>")]
    stories = list(dict.fromkeys(s for s in stories if len(s) >= 80))
    return ([s for i, s in enumerate(stories) if i % HELD_OUT_EVERY], stories[::HELD_OUT_EVERY])


def rename(story, rng):
    """Gives the hero of "... named X." another name throughout."""
    match = re.search(r"(?:named|called) ([A-Z][a-z]+)", story)
    if not match:
        return story
    person = re.search(r"\b(?:(girl|woman|princess|mommy|lady)|(boy|man|prince|kid|child))\b", story[:match.start()])
    names = ANIMALS if not person else GIRLS if person[1] else BOYS
    return re.sub(rf"\b{match[1]}\b", rng.choice(names), story)


def reword(story, rng):
    """Replaces the stock opening by another one."""
    match = OPENING.match(story)
    if match and rng.random() < 0.4:
        return rng.choice(NAMED).format(name=match[2], who=match[1]) + story[match.end():]
    match = ONCE.match(story)
    if match:
        return f"{rng.choice(THERE_WAS)} {match[1]}" + story[match.end():]
    if story.startswith("One day,"):
        start = rng.choice(ONE_DAY)
        return start + ("" if start.endswith("when") else ",") + story[8:]
    if story.startswith("Once upon a time, "):
        return story[18].upper() + story[19:]
    return story


def vary(story, rng):
    """One dealing of a story: sometimes renamed, and then reworded, cut at the front, requested, or left as it is."""
    if rng.random() < 0.25:
        story = rename(story, rng)
    kind = rng.random()
    if kind < 0.15:
        return reword(story, rng)
    if kind < 0.27:
        ends = [m.end() for m in SENTENCE_END.finditer(story)][:rng.randint(1, 4)]
        return story[ends[-1]:] if ends and len(story) - ends[-1] > 80 else story
    if kind < 0.35:
        topic = TOPIC.search(story[:200])
        if topic:
            return rng.choice(REQUESTS).format(topic=topic[1]) + "\n" + story
    return story


def pack(rows, length):
    """Fits whole stories into rows of at most `length` tokens, longest first, each where least room is left."""
    bins = []
    for row in sorted(rows, key=len, reverse=True):
        fitting = [b for b in bins if len(b) + len(row) <= length]
        if fitting:
            max(fitting, key=len).extend(row)
        else:
            bins.append(list(row))
    return bins


def batches(stories, tokenizer, tokens, packed_length, packed_share, seed):
    """Yields for ever lists of rows; a row is <|endoftext|> story <|endoftext|> (or several, sharing the marks).

    Most batches hold single stories of similar length. The share `packed_share` holds rows of several stories up to
    `packed_length` tokens, so that the model also meets later positions.
    """
    rng = random.Random(seed)
    while True:
        order = rng.sample(stories, len(stories))
        for i in range(0, len(order), 512):
            rows = [[0] + tokenizer.encode(vary(s, rng)) for s in order[i:i + 512]]
            if rng.random() < packed_share:
                rows = pack(rows, packed_length)
            rows = sorted((r[:packed_length] + [0] for r in rows), key=len)
            dealt, batch = [], []
            for row in rows:
                if batch and padded(row) * (len(batch) + 1) > tokens:
                    dealt.append(batch)
                    batch = []
                batch.append(row)
            dealt.append(batch)
            rng.shuffle(dealt)
            yield from dealt


def padded(row):
    """Inputs of a row, rounded up to a multiple of 16: few different shapes, for which the products are prepared once."""
    return -(-(len(row) - 1) // 16) * 16
