"""What more replicas would do is simulated as a queue that is known otherwise."""

import pytest

from tools.replicas import EVERY, most, waits


@pytest.mark.parametrize("used", [0.3, 0.7])
def test_one_replica_is_the_queue_of_the_textbooks(used):
    """M/D/1: a request waits u / (2 (1 - u)) services on average, then is served."""
    rate = 10.0
    took = waits(round(used * rate * EVERY), 1, rate)
    assert took.min() == pytest.approx(1 / rate)
    assert took.mean() * rate == pytest.approx(1 + used / (2 * (1 - used)), rel=0.05)


@pytest.mark.parametrize("rate", [2.0, 10.0])
def test_a_queue_of_several_serves_more_than_as_many_queues_of_one(rate):
    one, two, four = (most(replicas, rate) for replicas in (1, 2, 4))
    assert 0 < one < rate * EVERY
    assert 2 * one < two < 2 * rate * EVERY and 2 * two < four
