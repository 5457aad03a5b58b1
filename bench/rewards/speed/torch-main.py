"""The PyTorch side of the speed bench: fits and scores one task (speed-task.ts) in a process of its own.

python torch-main.py TASK RESULT           the ways that the task names, measured once after a warm-up
python torch-main.py --try TASK RESULT     every way, in turn, to find the fastest
"""

import array
import json
import os
import sys
import time
from functools import partial

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import torch  # noqa: E402, after the threads are set

torch.set_num_threads(1)
torch.set_num_interop_threads(1)


def numbers(task, name, dtype=torch.float32):
    path = task["files"][name]
    return torch.from_file(path, shared=False, size=os.path.getsize(path) // 4, dtype=dtype)


def peak_mb():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


class Problem:
    def __init__(self, task):
        self.task = task
        self.dimension, self.hidden = task["dimension"], task["head"]["hidden"]
        self.x = numbers(task, "features").view(-1, self.dimension)
        self.preferred, self.rejected = (numbers(task, name, torch.int32).long() for name in ("preferred", "rejected"))
        self.weights = numbers(task, "weights")
        self.mean, self.scale = numbers(task, "mean"), numbers(task, "scale")
        # Optimas keeps hidden weights as [features, hidden]; torch.nn.Linear has them as [hidden, features].
        d, h = self.dimension, self.hidden
        sizes = [d, d * h, h, h] if h else [d]
        parts = numbers(task, "initial").split(sizes)
        self.initial = [parts[0], parts[1].view(d, h).t().contiguous(), *parts[2:]] if h else [parts[0]]


class Dense:
    """Products with the features by the BLAS that PyTorch was built with."""

    def __init__(self, x, backward):
        self.x = x

    def forward(self, weight):
        return self.x @ weight.t()

    def backward(self, gradient):
        return gradient.t() @ self.x


class OneDnn:
    """Products with the features by oneDNN, which keeps them in a layout of its own, once per direction."""

    def __init__(self, x, backward):
        self.x = x.to_mkldnn()
        if backward:
            self.transposed = x.t().contiguous().to_mkldnn()

    def forward(self, weight):
        return torch._C._nn.mkldnn_linear(self.x, weight.to_mkldnn()).to_dense()

    def backward(self, gradient):
        return torch._C._nn.mkldnn_linear(self.transposed, gradient.t().contiguous().to_mkldnn()).to_dense().t()


class Head(torch.nn.Module):
    def __init__(self, problem):
        super().__init__()
        d, h = problem.dimension, problem.hidden
        self.linear = torch.nn.Linear(d, 1, bias=False)
        layers = [torch.nn.Linear(d, h), torch.nn.Tanh(), torch.nn.Linear(h, 1, bias=False)] if h else []
        self.hidden = torch.nn.Sequential(*layers) if h else None
        with torch.no_grad():
            for parameter, start in zip(self.parameters(), problem.initial):
                parameter.copy_(start.view_as(parameter))

    def forward(self, x):
        reward = self.linear(x)
        return (reward if self.hidden is None else reward + self.hidden(x)).squeeze(1)


def fit_autograd(problem):
    """As the documentation of PyTorch would have it."""
    task, adam = problem.task, problem.task["adamW"]
    head = Head(problem)
    optimizer = torch.optim.AdamW(
        head.parameters(),
        lr=task["learningRate"],
        betas=(adam["beta1"], adam["beta2"]),
        eps=adam["epsilon"],
        weight_decay=task["weightDecay"],
        foreach=True,
    )
    for _ in range(task["steps"]):
        optimizer.zero_grad(set_to_none=True)
        rewards = head(problem.x)
        margin = rewards[problem.preferred] - rewards[problem.rejected]
        loss = torch.dot(problem.weights, torch.nn.functional.softplus(-margin))
        loss.backward()
        optimizer.step()
    return [parameter.detach() for parameter in head.parameters()]


@torch.no_grad()
def fit_by_hand(problem, products):
    """The gradients written down, and AdamW in place over one vector of all parameters."""
    task, d, h = problem.task, problem.dimension, problem.hidden
    beta1, beta2, epsilon = (problem.task["adamW"][name] for name in ("beta1", "beta2", "epsilon"))
    rate = task["learningRate"]
    x = products(problem.x, backward=True)
    flat = torch.cat([part.reshape(-1) for part in problem.initial])
    parts = list(flat.split([part.numel() for part in problem.initial]))
    gradient, first, second, spread = (torch.zeros_like(flat) for _ in range(4))
    gradients = list(gradient.split([part.numel() for part in problem.initial]))
    linear = parts[0].view(1, d)
    if h:
        hidden, bias, output = parts[1].view(h, d), parts[2], parts[3]
    losses = []
    for step in range(1, task["steps"] + 1):
        reward = x.forward(linear).view(-1)
        if h:
            activation = x.forward(hidden).add_(bias).tanh_()
            reward = torch.addmv(reward, activation, output)
        negative = reward[problem.rejected] - reward[problem.preferred]
        losses.append(torch.dot(problem.weights, torch.nn.functional.softplus(negative)))
        pull = negative.sigmoid_().mul_(problem.weights)
        to_reward = torch.zeros_like(reward)
        to_reward.index_add_(0, problem.rejected, pull).index_add_(0, problem.preferred, pull, alpha=-1)
        gradients[0].copy_(x.backward(to_reward.view(-1, 1)).reshape(-1))
        if h:
            torch.mv(activation.t(), to_reward, out=gradients[3])
            to_hidden = torch.outer(to_reward, output).mul_(activation.mul_(activation).neg_().add_(1))
            torch.sum(to_hidden, 0, out=gradients[2])
            gradients[1].view(h, d).copy_(x.backward(to_hidden))
        first.mul_(beta1).add_(gradient, alpha=1 - beta1)
        second.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
        torch.sqrt(second, out=spread).mul_((1 - beta2**step) ** -0.5).add_(epsilon)
        flat.mul_(1 - rate * task["weightDecay"]).addcdiv_(first, spread, value=-rate / (1 - beta1**step))
    return [linear, hidden, bias, output] if h else [linear]


@torch.no_grad()
def score(problem, parameters, candidates, products, chunk):
    rewards = []
    linear, rest = parameters[0].reshape(1, -1), parameters[1:]
    for part in candidates.split(chunk):
        x = products(torch.sub(part, problem.mean).mul_(problem.scale).clamp_(*problem.task["limits"]), backward=False)
        reward = x.forward(linear).view(-1)
        if rest:
            hidden, bias, output = rest
            reward = torch.addmv(reward, x.forward(hidden).add_(bias).tanh_(), output.reshape(-1))
        rewards.append(reward)
    return torch.cat(rewards)


PRODUCTS = {"dense": Dense, **({"onednn": OneDnn} if torch.backends.mkldnn.is_available() else {})}
FITS = {
    "autograd": fit_autograd,
    **{f"by hand, {name}": partial(fit_by_hand, products=way) for name, way in PRODUCTS.items()},
}
SCORES = {
    f"{name}, {chunk} rows": partial(score, products=way, chunk=chunk)
    for name, way in PRODUCTS.items()
    for chunk in (64, 256, 1024, 10_000)
}


def timed(work):
    """Seconds of `work` after a warm-up, and its result."""
    work()
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def write(path, tensors):
    with open(path, "wb") as file:
        for tensor in tensors:
            array.array("f", tensor.flatten().tolist()).tofile(file)


def blas():
    """The file of the BLAS in use: Debian's torch takes whichever is installed, and its default is a slow one."""
    with open("/proc/self/maps") as maps:
        files = {line.split()[-1] for line in maps if "blas" in line or "mkl" in line}
    return ", ".join(sorted(file for file in files if file.startswith("/") and "lapack" not in file)) or "built in"


def least_seconds(ways, rounds=4):
    """Of each way, the rounds in turn; the first, too, may be a warm-up."""
    seconds = {name: [] for name in ways}
    for _ in range(rounds):
        for name, work in ways.items():
            started = time.perf_counter()
            work()
            seconds[name].append(time.perf_counter() - started)
    return {name: min(values) for name, values in seconds.items()}


def main():
    trying = sys.argv[1] == "--try"
    task_file, result_file = sys.argv[-2:]
    with open(task_file) as file:
        task = json.load(file)
    problem = Problem(task)
    result = {"version": torch.__version__, "blas": blas()}
    if trying:
        candidates = numbers(task, "candidates").view(-1, problem.dimension)
        parameters = fit_autograd(problem)
        result["fit"] = least_seconds({name: partial(way, problem) for name, way in FITS.items()})
        result["score"] = least_seconds(
            {name: partial(way, problem, parameters, candidates) for name, way in SCORES.items()}
        )
    else:
        result["fitSeconds"], parameters = timed(lambda: FITS[task["ways"]["fit"]](problem))
        result["fitPeakMb"] = peak_mb()
        candidates = numbers(task, "candidates").view(-1, problem.dimension)
        way = SCORES[task["ways"]["score"]]
        result["scoreSeconds"], rewards = timed(lambda: way(problem, parameters, candidates))
        result["peakMb"] = peak_mb()
        linear, *rest = parameters
        write(task["files"]["parameters"], [linear, *(part.t() for part in rest[:1]), *rest[1:]])
        write(task["files"]["rewards"], [rewards])
    with open(result_file, "w") as file:
        json.dump(result, file)


main()
