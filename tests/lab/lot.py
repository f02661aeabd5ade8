"""Drawing by lot: one seed draws the same things each time."""

import random

SYLLABLES = "ba ko ri zen mu tal vor li pek no da fi ros ul ga mer sy hu".split()


class Lot(random.Random):
    def __init__(self, seed):
        super().__init__(seed)
        self.words = set()

    def word(self):
        """A word that was not drawn before."""
        while True:
            word = "".join(self.choices(SYLLABLES, k=self.randint(2, 4)))
            if word not in self.words:
                self.words.add(word)
                return word

    def some(self, of, least, most):
        return self.sample(of, self.randint(least, min(most, len(of))))

    def chance(self, of_one):
        return self.random() < of_one
