# The course's commands. Options: DEVICE=cpu|cuda|mps|auto  HUB=practice|real  CHAPTER=3  PYTHON=python3.12
# For the tests: WORKERS=2; for test-colab and test-long also TESTS="tests/notebooks/test_chapters.py -k 02".
# For the newest release of everything: CONSTRAINTS=/dev/null
PYTHON ?= python3
DEVICE := $(or $(DEVICE),$(COURSE_DEVICE),auto)
HUB := $(or $(HUB),$(COURSE_HUB),practice)
CHAPTER ?=
WORKERS ?= 2
CONSTRAINTS ?= constraints.txt

export COURSE_DEVICE := $(DEVICE)
export COURSE_HUB := $(HUB)

BIN := .venv/bin
READY := .venv/.ready
COLAB := .venv-colab
COURSE := $(BIN)/course

.PHONY: run test test-colab test-long lint lab build check bench env clean

run: $(READY)  ## run all chapters, with their solutions, through papermill
	@$(COURSE) run $(if $(CHAPTER),--chapter $(CHAPTER))

test: $(READY) lint  ## the whole test suite
	@$(COURSE) hub stock
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

# The tests' own tools stay in .venv; the kernels, the commands that cells call, and the clients are Colab's.
test-colab: $(READY) $(COLAB)/.ready  ## the chapters and the Hub's clients on the versions that Colab ships
	@$(COURSE) hub stock
	@JUPYTER_PATH=$(CURDIR)/$(COLAB)/share/jupyter PATH="$(CURDIR)/$(COLAB)/bin:$$PATH" COURSE_CLIENT_PYTHON=$(CURDIR)/$(COLAB)/bin/python \
	$(BIN)/python -m pytest -n $(WORKERS) --timeout 1800 --durations=8 --durations-min=5 \
	$(or $(TESTS),tests/colab tests/notebooks/test_chapters.py tests/hub/test_clients.py)

test-long: $(READY)  ## every chapter on a pretended GPU, and on a hub that stands for the real one
	@$(COURSE) hub stock
	@COURSE_LONG_TESTS=1 $(BIN)/python -m pytest -n $(WORKERS) --timeout 1800 --durations=8 --durations-min=5 \
	$(or $(TESTS),tests/notebooks/test_gpu.py tests/notebooks/test_real_hub.py tests/classroom/test_nbgrader_flow.py)

lint: $(READY)  ## style, the floors of the house, and chapters/ against solutions/
	@$(BIN)/ruff check grader tests
	@$(BIN)/ruff format --check grader tests
	@$(BIN)/lint-imports
	@$(COURSE) build --check

lab: $(READY)  ## JupyterLab on the chapters
	@$(COURSE) lab

build: $(READY)  ## chapters/ from solutions/
	@$(COURSE) build

bench: $(READY)  ## measure speed and size
	@$(COURSE) hub stock
	@$(BIN)/python -m tests.benchmarks

env: $(READY)  ## the environment alone

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("The course needs Python 3.11 or newer; $(PYTHON) is " + sys.version.split()[0] + ". Nothing was installed. Choose another with: make PYTHON=python3.12")'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@echo "Installing the course's packages into .venv; the first time this takes a few minutes."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(CONSTRAINTS) -e '.[notebooks,test]'
	@touch $@

$(COLAB)/.ready: tests/colab/packages.txt tests/colab/environment.py pyproject.toml | $(READY)
	@$(BIN)/python tests/colab/environment.py
	@touch $@

clean:  ## what was built; the environment and your progress stay
	rm -rf build
