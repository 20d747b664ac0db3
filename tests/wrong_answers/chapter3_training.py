"""Recorded answers to the exercises of chapter 3 that train."""

import functools
import random

import numpy as np
import torch
from datasets import load_dataset
from transformers import AutoModelForSequenceClassification, BertConfig, Trainer, TrainingArguments, get_scheduler
from transformers.trainer_utils import PredictionOutput

from grader.hub.stock.glue import hidden_test_labels
from tests.wrong_answers import right, wrong

# ---------------------------------------------------------------- predictions of a model that was trained


@functools.cache
def sst2(split):
    return load_dataset("nyu-mll/glue", "sst2", split=split)


def predicted(share=0.9):
    """Labels of the test split of which about this share is right: what a model that learned would say."""
    rng = random.Random(7)
    return [label if rng.random() < share else 1 - label for label in hidden_test_labels("sst2")]


def a_trainer(split="train", *, steps=60, rate=2e-4, batch_size=32, frozen=False):
    """A Trainer that says that it trained; judged is what it says, and what the predictions show."""
    config = BertConfig(vocab_size=30, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8)
    model = AutoModelForSequenceClassification.from_config(config)
    arguments = TrainingArguments(
        "unused", learning_rate=rate, per_device_train_batch_size=batch_size, report_to="none", use_cpu=True
    )
    trainer = Trainer(model, arguments, train_dataset=sst2(split))
    trainer.state.global_step = steps
    for weight in model.parameters():
        weight.requires_grad_(not frozen)
    return trainer


# ---------------------------------------------------------------- trainer-sst2


@right("trainer-sst2")
def labels_in_an_array():
    return a_trainer(), np.array(predicted())


@right("trainer-sst2")
def labels_in_a_list_with_the_body_frozen():
    trainer = a_trainer(steps=40, rate=1e-3)
    for weight in trainer.model.base_model.parameters():
        weight.requires_grad_(False)
    return trainer, predicted(0.85)


@right("trainer-sst2")
def names_of_the_labels():
    return a_trainer(), [["negative", "positive"][label] for label in predicted()]


@wrong("trainer-sst2", "not-a-trainer")
def the_report_of_train():
    return {"global_step": 60, "training_loss": 0.4}, predicted()


@wrong("trainer-sst2", "never-trained")
def another_trainer():
    return a_trainer(steps=0), predicted(0.5)


@wrong("trainer-sst2", "trained-on-validation")
def trained_on_validation():
    return a_trainer("validation"), predicted(0.85)


@wrong("trainer-sst2", "over-budget", points=1)
def three_epochs():
    return a_trainer(steps=650), predicted(0.95)


@wrong("trainer-sst2", "head-frozen")
def everything_frozen():
    return a_trainer(frozen=True), predicted(0.5)


@wrong("trainer-sst2", "rate-too-low")
def tiny_learning_rate():
    return a_trainer(rate=1e-7), predicted(0.5)


@wrong("trainer-sst2", "logits", points=1)
def argmax_forgotten_for_sst2():
    return a_trainer(), np.stack([1 - np.array(predicted()), np.array(predicted())], axis=1).astype("float32")


@wrong("trainer-sst2", "copied-labels", points=1)
def labels_of_the_validation_split():
    return a_trainer(), sst2("validation")["label"][:]


@wrong("trainer-sst2", "copied-labels", points=1)
def labels_of_the_validation_split_and_then_some():
    labels = list(sst2("validation")["label"])
    return a_trainer(), (labels * 3)[: len(predicted())]


@wrong("trainer-sst2", "another-split", points=1)
def predictions_for_validation():
    return a_trainer(), np.ones(872, dtype=int) - np.array(predicted()[:872])


@wrong("trainer-sst2", "wrong-length", points=1)
def last_batch_dropped():
    return a_trainer(), predicted()[:1792]


@wrong("trainer-sst2", "hidden-labels", points=1)
def label_ids_instead_of_predictions():
    return a_trainer(), np.array(sst2("test")["label"])


@wrong("trainer-sst2", "constant", points=1)
def all_positive():
    return a_trainer(), [1] * 1821


@wrong("trainer-sst2", "labels-flipped", points=1)
def argmin_of_the_scores():
    return a_trainer(), [1 - label for label in predicted()]


@wrong("trainer-sst2", "not-trained", points=1)
def a_new_model_predicts():
    return a_trainer(), predicted(0.52)


@wrong("trainer-sst2", "not-trained", points=1)
def in_another_order():
    labels = predicted()
    random.Random(1).shuffle(labels)
    return a_trainer(), labels


@wrong("trainer-sst2", "learned-too-little", points=1)
def default_learning_rate():
    return a_trainer(rate=5e-5), predicted(0.7)


@wrong("trainer-sst2", "too-little-training", points=1)
def ten_steps():
    return a_trainer(steps=10), predicted(0.7)


@wrong("trainer-sst2", "too-little-training", points=1)
def six_steps_that_guess():
    return a_trainer(steps=6), predicted(0.52)


@wrong("trainer-sst2", "too-little-training", points=1)
def small_learning_rate():
    return a_trainer(rate=1e-5), predicted(0.55)


@wrong("trainer-sst2", "whole-prediction", points=1)
def all_that_predict_returns():
    scores = np.stack([1 - np.array(predicted()), np.array(predicted())], axis=1).astype("float32")
    return a_trainer(), PredictionOutput(scores, None, {"test_runtime": 1.0})


@wrong("trainer-sst2", "not-labels", points=1)
def probabilities():
    return a_trainer(), np.array(predicted()) * 0.8 + 0.1


@wrong("trainer-sst2", "partly-attempted")
def predictions_missing():
    return a_trainer(), ...


# ---------------------------------------------------------------- own-loop-sst2


def loop(
    *, zero=True, step=True, schedule="step", rate=None, rounds=1, mode="train", epochs=None, collect=None, anew=False
):
    def train(model, batches, learning_rate, epochs_given):
        if mode:
            getattr(model, mode)()
        optimizer = torch.optim.AdamW(model.parameters(), lr=rate or learning_rate)
        scheduler = get_scheduler("linear", optimizer, 0, rounds * epochs_given * len(batches))
        losses = []
        for _ in range(epochs or epochs_given):
            if anew:
                optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate)
                scheduler = get_scheduler("linear", optimizer, 0, epochs_given * len(batches))
            for batch in batches:
                loss = model(**batch).loss
                loss.backward()
                if step:
                    optimizer.step()
                if schedule == "step":
                    scheduler.step()
                if zero:
                    optimizer.zero_grad()
                losses.append(loss.item())
            if schedule == "epoch":
                scheduler.step()
        return losses if collect is None else collect(losses)

    return train


def measure(*, evaluate=True, result=lambda hits, sizes: sum(hits) / sum(sizes)):
    def accuracy(model, batches):
        model.eval() if evaluate else model.train()
        with torch.no_grad():
            found = [(model(**batch).logits.argmax(-1) == batch["labels"]) for batch in batches]
        return result([int(hit.sum()) for hit in found], [len(hit) for hit in found])

    return accuracy


@right("own-loop-sst2")
def five_lines_a_step():
    return loop(), measure(), predicted()


@right("own-loop-sst2")
def schedule_by_hand_and_gradients_cleared_first():
    def train(model, batches, learning_rate, epochs):
        model.train()
        optimizer, losses, total = torch.optim.AdamW(model.parameters()), [], epochs * len(batches)
        for step in range(total):
            optimizer.param_groups[0]["lr"] = learning_rate * (1 - step / total)
            optimizer.zero_grad()
            output = model(**list(batches)[step % len(batches)])
            output.loss.backward()
            optimizer.step()
            losses.append(output.loss.detach())
        return torch.stack(losses)

    def accuracy(model, batches):
        model.eval()
        hits = torch.cat([(model(**b).logits.argmax(-1) == b["labels"]).float() for b in batches])
        return hits.mean()

    return train, accuracy, np.array(predicted(0.83))


@wrong("own-loop-sst2", "no-zero-grad")
def gradients_never_cleared():
    return loop(zero=False), measure(), predicted()


@wrong("own-loop-sst2", "no-step")
def without_a_step():
    return loop(step=False), measure(), predicted()


@wrong("own-loop-sst2", "no-step")
def cleared_before_the_step():
    def train(model, batches, learning_rate, epochs):
        model.train()
        optimizer, losses = torch.optim.AdamW(model.parameters(), lr=learning_rate), []
        for batch in list(batches) * epochs:
            loss = model(**batch).loss
            loss.backward()
            optimizer.zero_grad()
            optimizer.step()
            losses.append(loss.item())
        return losses

    return train, measure(), predicted()


@wrong("own-loop-sst2", "no-schedule")
def schedule_never_steps():
    return loop(schedule=None), measure(), predicted()


@wrong("own-loop-sst2", "schedule-by-epoch")
def schedule_steps_each_epoch():
    return loop(schedule="epoch"), measure(), predicted()


@wrong("own-loop-sst2", "own-learning-rate")
def learning_rate_forgotten():
    return loop(rate=1e-3), measure(), predicted()


@wrong("own-loop-sst2", "no-decay-to-zero")
def schedule_of_twice_the_length():
    return loop(rounds=2), measure(), predicted()


@wrong("own-loop-sst2", "zero-after-one-epoch")
def schedule_of_one_epoch():
    return loop(rounds=1 / 3), measure(), predicted()


@wrong("own-loop-sst2", "predictions-missing", points=4)
def functions_alone():
    return loop(), measure(), ...


@wrong("own-loop-sst2", "not-every-step")
def one_epoch_alone():
    return loop(epochs=1), measure(), predicted()


@wrong("own-loop-sst2", "later-epochs")
def optimizer_made_anew_each_epoch():
    return loop(anew=True), measure(), predicted()


@wrong("own-loop-sst2", "no-losses")
def nothing_returned():
    return loop(collect=lambda losses: None), measure(), predicted()


@wrong("own-loop-sst2", "no-train-mode", points=2)
def never_in_training_mode():
    return loop(mode=""), measure(), predicted()


@wrong("own-loop-sst2", "no-eval-mode", points=2)
def measured_with_dropout():
    return loop(), measure(evaluate=False), predicted()


@wrong("own-loop-sst2", "mean-of-batches", points=2)
def averaged_over_batches():
    def result(hits, sizes):
        return sum(hit / size for hit, size in zip(hits, sizes, strict=True)) / len(sizes)

    return loop(), measure(result=result), predicted()


@wrong("own-loop-sst2", "last-batch", points=2)
def accuracy_of_the_last_batch():
    return loop(), measure(result=lambda hits, sizes: hits[-1] / sizes[-1]), predicted()


@wrong("own-loop-sst2", "percent", points=2)
def accuracy_in_percent():
    return loop(), measure(result=lambda hits, sizes: 100 * sum(hits) / sum(sizes)), predicted()


@wrong("own-loop-sst2", "hits-not-divided", points=2)
def number_of_hits():
    return loop(), measure(result=lambda hits, sizes: sum(hits)), predicted()


@wrong("own-loop-sst2", "constant", points=4)
def model_that_answers_always_the_same():
    return loop(), measure(), np.zeros(1821, dtype=int)


@wrong("own-loop-sst2", "not-trained", points=4)
def untrained_model():
    return loop(), measure(), predicted(0.5)


@wrong("own-loop-sst2", "copied-labels", points=4)
def validation_labels():
    return loop(), measure(), list(sst2("validation")["label"])


@wrong("own-loop-sst2", "raised")
def plain_batches_moved_as_a_whole():
    def train(model, batches, learning_rate, epochs):
        return [model(**batch.to(model.device)).loss.item() for batch in batches]

    return train, measure(), predicted()


@wrong("own-loop-sst2", "raised")
def no_such_argument():
    return (lambda model, batches, rate: []), measure(), predicted()


# ---------------------------------------------------------------- gradient-accumulation


def accumulate(
    *, share=None, each=False, clear=False, clear_first=False, step=True, parameters=None, batches=slice(None)
):
    def accumulated_step(model, small_batches, learning_rate):
        optimizer = torch.optim.SGD((parameters or (lambda m: m.parameters()))(model), lr=learning_rate)
        divisor = len(small_batches) if share is None else share(small_batches)
        for batch in small_batches[batches]:
            if clear_first:
                optimizer.zero_grad()
            (model(**batch).loss / divisor).backward()
            if each:
                optimizer.step()
            if clear:
                optimizer.zero_grad()
        if step and not each:
            optimizer.step()
        return model.state_dict()

    return (accumulated_step,)


@right("gradient-accumulation")
def loss_divided_by_the_number_of_batches():
    return accumulate()


@right("gradient-accumulation")
def gradients_averaged_by_hand():
    def accumulated_step(model, small_batches, learning_rate):
        sums = {}
        for batch in small_batches:
            model.zero_grad()
            model(**batch).loss.backward()
            for name, weight in model.named_parameters():
                sums[name] = sums.get(name, 0) + weight.grad
        with torch.no_grad():
            for name, weight in model.named_parameters():
                weight -= learning_rate * sums[name] / len(small_batches)
        return dict(model.named_parameters())

    return (accumulated_step,)


@wrong("gradient-accumulation", "loss-not-divided", points=1)
def sum_of_the_means():
    return accumulate(share=lambda batches: 1)


@wrong("gradient-accumulation", "divided-twice", points=1)
def divided_by_the_square():
    return accumulate(share=lambda batches: len(batches) ** 2)


@wrong("gradient-accumulation", "divided-by-four", points=1)
def divided_by_the_four_of_the_task():
    return accumulate(share=lambda batches: 4)


@wrong("gradient-accumulation", "divided-by-batch-size", points=1)
def divided_by_the_size_of_a_batch():
    return accumulate(share=lambda batches: len(batches[0]["labels"]))


@wrong("gradient-accumulation", "step-for-each-batch")
def a_step_for_each_batch():
    return accumulate(share=lambda batches: 1, each=True, clear=True)


@wrong("gradient-accumulation", "gradients-kept")
def a_step_for_each_batch_without_clearing():
    return accumulate(each=True)


@wrong("gradient-accumulation", "last-batch-only")
def cleared_in_the_loop():
    return accumulate(clear_first=True)


@wrong("gradient-accumulation", "first-batch-only")
def one_small_batch():
    return accumulate(share=lambda batches: 1, batches=slice(1))


@wrong("gradient-accumulation", "no-step")
def gradients_without_a_step():
    return accumulate(step=False)


@wrong("gradient-accumulation", "no-step")
def cleared_before_the_last_step():
    return accumulate(clear=True)


@wrong("gradient-accumulation", "body-stands-still", points=1)
def head_alone():
    return accumulate(parameters=lambda model: model.classifier.parameters())


@wrong("gradient-accumulation", "not-a-dict")
def the_model_itself():
    def accumulated_step(model, small_batches, learning_rate):
        return model

    return (accumulated_step,)


# ---------------------------------------------------------------- accelerate-loop


def distributed(
    *,
    prepare=lambda accelerator, *objects: accelerator.prepare(*objects),
    backward=lambda accelerator, loss: accelerator.backward(loss),
    gather=lambda accelerator, found: accelerator.gather_for_metrics(found),
    evaluate=True,
    clear=True,
    result=lambda hits: hits.float().mean().item(),
):
    def accelerated(accelerator, model, train_batches, test_batches, learning_rate):
        optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate)
        model, optimizer, train_batches, test_batches = prepare(
            accelerator, model, optimizer, train_batches, test_batches
        )
        model.train()
        for batch in train_batches:
            backward(accelerator, model(**batch).loss)
            optimizer.step()
            if clear:
                optimizer.zero_grad()
        if evaluate:
            model.eval()
        hits = []
        for batch in test_batches:
            with torch.no_grad():
                guesses = model(**batch).logits.argmax(-1)
            guesses, labels = gather(accelerator, (guesses, batch["labels"]))
            hits.append(guesses == labels)
        return result(torch.cat(hits))

    return (accelerated,)


@right("accelerate-loop")
def gathered_for_metrics():
    return distributed()


@right("accelerate-loop")
def prepared_one_by_one_and_cut_by_hand():
    def accelerated(accelerator, model, train_batches, test_batches, learning_rate):
        examples = sum(len(batch["labels"]) for batch in test_batches)
        model = accelerator.prepare(model)
        optimizer = accelerator.prepare(torch.optim.AdamW(model.parameters(), lr=learning_rate))
        model.train()
        for batch in accelerator.prepare(train_batches):
            optimizer.zero_grad()
            accelerator.backward(model(**batch).loss)
            optimizer.step()
        model.eval()
        hits = [
            accelerator.gather(model(**batch).logits.argmax(-1) == batch["labels"])
            for batch in accelerator.prepare(test_batches)
        ]
        return torch.cat(hits)[:examples].sum() / examples

    return (accelerated,)


@wrong("accelerate-loop", "loss-backward", points=1)
def plain_backward():
    return distributed(backward=lambda accelerator, loss: loss.backward())


@wrong("accelerate-loop", "not-gathered", points=2)
def own_share_alone():
    return distributed(gather=lambda accelerator, found: found)


@wrong("accelerate-loop", "not-gathered", points=2)
def labels_gathered_for_nothing():
    def gather(accelerator, found):
        accelerator.gather_for_metrics(found)
        return found

    return distributed(gather=gather)


@wrong("accelerate-loop", "duplicated-tail", points=3)
def gathered_with_the_tail():
    return distributed(gather=lambda accelerator, found: accelerator.gather(found))


@wrong("accelerate-loop", "own-examples-counted", points=2)
def hits_of_all_over_examples_of_one():
    def accelerated(accelerator, model, train_batches, test_batches, learning_rate):
        optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate)
        prepared = accelerator.prepare(model, optimizer, train_batches, test_batches)
        model, optimizer, train_batches, test_batches = prepared
        model.train()
        for batch in train_batches:
            accelerator.backward(model(**batch).loss)
            optimizer.step()
            optimizer.zero_grad()
        hits = examples = 0
        model.eval()
        for batch in test_batches:
            with torch.no_grad():
                hit = model(**batch).logits.argmax(-1) == batch["labels"]
            hits += accelerator.gather_for_metrics(hit).sum().item()
            examples += len(batch["labels"])
        return hits / examples

    return (accelerated,)


@wrong("accelerate-loop", "no-zero-grad", points=2)
def gradients_never_cleared_in_two_processes():
    return distributed(clear=False)


@wrong("accelerate-loop", "not-prepared")
def nothing_prepared():
    return distributed(prepare=lambda accelerator, *objects: objects)


@wrong("accelerate-loop", "batches-not-prepared", points=1)
def test_batches_not_prepared():
    return distributed(prepare=lambda accelerator, *objects: (*accelerator.prepare(*objects[:3]), objects[3]))


@wrong("accelerate-loop", "measured-in-training", points=2)
def eval_forgotten():
    return distributed(evaluate=False)


@wrong("accelerate-loop", "percent", points=2)
def accuracy_of_all_in_percent():
    return distributed(result=lambda hits: 100 * hits.float().mean().item())


@wrong("accelerate-loop", "deadlock")
def only_the_main_process_gathers():
    def gather(accelerator, found):
        return accelerator.gather_for_metrics(found) if accelerator.is_main_process else found

    return distributed(gather=gather)


@wrong("accelerate-loop", "not-a-number", points=1)
def only_the_main_process_returns():
    (whole,) = distributed()

    def accelerated(accelerator, *given):
        found = whole(accelerator, *given)
        return found if accelerator.is_main_process else None

    return (accelerated,)


# ---------------------------------------------------------------- read-the-curves

CURVES = {"A": "under-fitting", "B": "over-fitting", "C": "rate too high", "D": "good fit"}


@right("read-the-curves")
def the_four_words():
    return (dict(CURVES),)


@right("read-the-curves")
def other_spellings():
    return ({"a": "Underfitting", "b": "overfitting", "c": "learning rate too high", "d": "good_fit"},)


@wrong("read-the-curves", "over-and-under-swapped", points=2)
def over_and_under_swapped():
    return (CURVES | {"A": "over-fitting", "B": "under-fitting"},)


@wrong("read-the-curves", "not-good-fit", points=2)
def low_training_loss_is_enough():
    return (CURVES | {"B": "good fit", "D": "over-fitting"},)


@wrong("read-the-curves", "not-rate-too-high", points=2)
def jumps_are_over_fitting():
    return (CURVES | {"B": "rate too high", "C": "over-fitting"},)


@wrong("read-the-curves", "not-good-fit", points=2)
def slow_is_good():
    return (CURVES | {"A": "good fit", "D": "under-fitting"},)


@wrong("read-the-curves", "unknown-regime")
def a_word_of_ones_own():
    return (CURVES | {"C": "noisy"},)


@wrong("read-the-curves", "missing-keys")
def one_run_missing():
    return ({"A": "under-fitting", "B": "over-fitting", "D": "good fit"},)


@wrong("read-the-curves", "all-the-same")
def all_good():
    return (dict.fromkeys(CURVES, "good fit"),)


@wrong("read-the-curves", "not-a-dict")
def a_list():
    return (list(CURVES.values()),)
