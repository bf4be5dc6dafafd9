"""What the pages share: caches, session state, language, and the elements they are made of.

A server's first import of it starts the networks' process, which comes up while the rest of the
first page is imported.
"""

from pages._ui.base import networks

networks.ahead()
