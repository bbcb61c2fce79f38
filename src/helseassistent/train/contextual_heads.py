"""What stands on the encoder: a vector and two weights a word piece, and a reader that says which sentence answers.

Late interaction is ColBERT's (Khattab and Zaharia 2020, arXiv 2004.12832), here over vectors that know their context.
The reader sees word pieces' vectors alone, so that those of passages can be stored; it begins as late interaction.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from helseassistent.train.contextual_model import Block, ContextualEncoder, pooled
from helseassistent.train.contextual_recipe import ContextualRecipe, ReaderSize

NO_SENTENCE = 255  # the number of a place before the first sentence
_DROPOUT = 0.1
_SPREAD = 0.02  # standard deviation of places and sentences at the start
_LENGTHENED = 8.0  # what unit vectors and weights are multiplied with on the way in
_FIRST_SHARE, _FIRST_BIAS = 8.0, -8.0  # of late interaction, once for the passage and once for the sentence
_ABSENT = -20.0  # score of a sentence without places
_FAR = 1e4


class Reader(nn.Module):
    """Log-odds of every sentence against none, from the word pieces of one question and one passage a row."""

    def __init__(self, size: ReaderSize) -> None:
        super().__init__()
        width = size.width
        self.size = size
        self.word, self.match = nn.Linear(size.dimensions, width), nn.Linear(2, width)
        self.asked_place = nn.Embedding(size.question_words, width)
        self.place = nn.Embedding(size.passage_words, width)
        self.sentence = nn.Embedding(size.sentences + 2, width)  # one for all later ones, one for what stands before
        for table in (self.asked_place, self.place, self.sentence):
            nn.init.normal_(table.weight, std=_SPREAD)
        self.whole = nn.Parameter(torch.zeros(width))
        self.norm, self.last = nn.LayerNorm(width), nn.LayerNorm(width)
        self.blocks = nn.ModuleList(Block(size.layer) for _ in range(size.layers))
        self.of_sentence = _scorer(2 * width, width=width)
        self.of_passage = _scorer(width, width=width)
        self.sentence_share = nn.Parameter(torch.tensor(_FIRST_SHARE))
        self.passage_share = nn.Parameter(torch.tensor(_FIRST_SHARE))
        self.bias = nn.Parameter(torch.tensor(_FIRST_BIAS))

    def forward(
        self,
        question: torch.Tensor,
        asked: torch.Tensor,
        weights: torch.Tensor,
        passages: torch.Tensor,
        real: torch.Tensor,
        sentence: torch.Tensor,
        member: torch.Tensor,
    ) -> torch.Tensor:
        """Shape (rows, sentences).

        `question` (rows, words, dimensions) and `passages` (rows, places, dimensions) hold unit vectors where `asked`
        and `real` are true; `weights` (rows, words, 2) are shares of the question, for the passage and for a sentence;
        `sentence` (rows, places) numbers sentences; `member` (rows, sentences, places) is 1 where one has the place.
        """
        cosines = (question @ passages.transpose(1, 2)).float().clamp(min=0) * asked[:, :, None] * real[:, None]
        found = cosines.amax(2)
        whole = (found * weights[..., 0]).sum(1)
        single = ((cosines[:, None] * member[:, :, None]).amax(3) * weights[:, None, :, 1]).sum(2)
        questions = self._words(question, self.asked_place) + self.match(
            torch.stack([found, weights[..., 0] * _LENGTHENED], 2)
        )
        best = cosines.amax(1)
        last = self.sentence.num_embeddings - 1
        numbers = torch.where(sentence == NO_SENTENCE, torch.full_like(sentence, last), sentence.clamp(max=last - 1))
        said = self._words(passages, self.place) + self.match(torch.stack([best, torch.zeros_like(best)], 2))
        rows, words = asked.shape
        first = self.whole[None, None].expand(rows, 1, self.size.width)
        read = self.norm(torch.cat([first, questions, said + self.sentence(numbers)], 1))
        seen = torch.cat([torch.ones_like(asked[:, :1]), asked, real], 1)[:, None, None]
        for block in self.blocks:
            read = block(read, seen, _DROPOUT)
        read = self.last(read).float()
        places, count = read[:, 1 + words :], member.sum(2)[..., None]
        mean = member @ places / count.clamp(min=1)
        top = (places[:, None] + (member[..., None] - 1) * _FAR).amax(2)
        top = torch.where(count > 0, top, torch.zeros_like(top))
        scores = self.of_sentence(torch.cat([mean, top], 2))[..., 0] + self.of_passage(read[:, 0])
        scores = scores + self.sentence_share * single + self.passage_share * whole[:, None] + self.bias
        return torch.where(count[..., 0] > 0, scores, torch.full_like(scores, _ABSENT))

    def _words(self, vectors: torch.Tensor, table: nn.Embedding) -> torch.Tensor:
        """Unit vectors with their places, of which later ones have the last."""
        places = torch.arange(vectors.shape[1], device=vectors.device).clamp(max=table.num_embeddings - 1)
        read: torch.Tensor = self.word(vectors * _LENGTHENED) + table(places)[None]
        return read


class JointModel(nn.Module):
    """The encoder, and what is learned together with it."""

    def __init__(self, encoder: ContextualEncoder, recipe: ContextualRecipe) -> None:
        super().__init__()
        self.encoder = encoder
        self.words = nn.Linear(encoder.size.width, recipe.reader.dimensions)
        self.weights = nn.Linear(encoder.size.width, 2)  # for the passage and for a sentence
        nn.init.zeros_(self.weights.weight)
        self.late_scale = nn.Parameter(torch.tensor(recipe.joint.first_late_scale))
        self.reader = Reader(recipe.reader)

    @property
    def heads(self) -> list[nn.Parameter]:
        """Every weight that is not the encoder's."""
        return [part for name, part in self.named_parameters() if not name.startswith("encoder.")]

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """A unit vector a text and a token, and a token's weights before softmax, as the shipped graph gives them."""
        real = attention_mask.bool()
        tokens = self.encoder(input_ids, real)
        return pooled(tokens, real), functional.normalize(self.words(tokens), dim=2), self.weights(tokens)


def shares(logits: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
    """Weights of (texts, words, 2) that add up to 1 over the real words of a text."""
    return functional.softmax(logits.float().masked_fill(~real[..., None], -_FAR), 1) * real[..., None]


def _scorer(inside: int, *, width: int) -> nn.Sequential:
    """Two layers to one number, which begins as 0."""
    layers = nn.Sequential(nn.Linear(inside, width), nn.GELU(), nn.Linear(width, 1))
    for weights in layers[2].parameters():
        nn.init.zeros_(weights)
    return layers
