"""Processes that threads play do what those of Accelerate do: shares, sums, and what is cut off at the end."""

import pytest
import torch

from grader.judging.classifiers import text_batches, tiny_classifier
from grader.judging.draw import Draw
from grader.judging.processes import Deadlock, run_processes


def numbered(size, *more):
    sizes = [size, *more]
    numbers = torch.arange(sum(sizes)).split(sizes)
    return [{"labels": part} for part in numbers]


def test_each_process_gets_its_share_and_the_tail_is_filled_up():
    def shares(accelerator, batches):
        return [batch["labels"].tolist() for batch in accelerator.prepare(batches)]

    (one, _), (other, _) = run_processes(shares, 2, lambda: [numbered(2, 2, 1)])
    assert (one, other) == ([[0, 1], [4, 0]], [[2, 3], [1, 2]])


def test_gathered_for_metrics_is_each_example_once():
    def gathered(accelerator, batches):
        pairs = []
        for batch in accelerator.prepare(batches):
            pairs.append((accelerator.gather(batch["labels"]), accelerator.gather_for_metrics(batch["labels"])))
        return [torch.cat(part).tolist() for part in zip(*pairs, strict=True)]

    for (whole, kept), facts in run_processes(gathered, 2, lambda: [numbered(2, 2, 1)]):
        assert kept == [0, 1, 2, 3, 4] and whole == [0, 1, 2, 3, 4, 0, 1, 2]
        assert facts.gathered == ["gather", "gather_for_metrics"] * 2 and facts.prepared == ["batches"]


def test_gradients_are_averaged():
    draw = Draw("s", "x")
    probe, batches = tiny_classifier(draw), text_batches(draw, [4, 4])

    def gradient(accelerator, model):
        model = accelerator.prepare(model)
        accelerator.backward(model(**batches[accelerator.process_index]).loss)
        return model.classifier.weight.grad

    (one, _), (other, facts) = run_processes(gradient, 2, lambda: [probe.build()])
    alone = probe.build()
    alone(**{key: torch.cat([batch[key] for batch in batches]) for key in batches[0]}).loss.backward()
    assert torch.equal(one, other) and facts.backward == 1
    assert torch.allclose(one, alone.classifier.weight.grad, atol=1e-5)


def test_what_a_process_raises_and_waits_for():
    def one_gathers(accelerator):
        if accelerator.is_main_process:
            accelerator.gather(torch.ones(1))

    with pytest.raises(Deadlock):
        run_processes(one_gathers, 2, list)

    def one_fails(accelerator):
        if accelerator.is_main_process:
            raise ValueError("no")
        accelerator.gather(torch.ones(1))

    with pytest.raises(ValueError, match="no"):
        run_processes(one_fails, 2, list)
