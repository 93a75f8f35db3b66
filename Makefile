# SPDX-License-Identifier: Apache-2.0
# Entry points for people. Each is a script or CMake underneath, named beside it.
# Kbuild, beside this file, is what the kernel's build reads.

PREFIX ?= /usr/local
DESTDIR ?=
BASE ?= 6.12
SCENARIO ?= default

.DEFAULT_GOAL := help

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r target text; do \
		printf '  make %-10s %s\n' "$$target" "$$text"; done

bench: ## compare all ways to load a file, in a virtual machine (installs what it needs; scripts/bench; SCENARIO=name)
	@scripts/bench --scenario $(SCENARIO)

check: ## install what is needed and run every check (scripts/run-tests.sh; CHECKS="name ..." runs some)
	@scripts/run-tests.sh $(CHECKS)

torture: ## what takes hours: ten thousand kills, a million random calls, data races (scripts/torture)
	@scripts/install-deps
	@scripts/torture

all: ## build the library and the command-line tool, in build/userspace
	@scripts/install-deps bench
	@cmake -S userspace -B build/userspace -DDMALOAD_TESTS=OFF
	@cmake --build build/userspace --parallel

kernel: ## build the patched kernel for the guest, in build/kernel-$(BASE) (scripts/kernel build)
	@scripts/install-deps bench
	@scripts/kernel build $(BASE)

shell: all kernel ## a shell in a virtual machine with the patched kernel (scripts/guest)
	@scripts/guest --base $(BASE)

module: ## the read engine as a module for KDIR, or for Debian's kernel (scripts/kernel module)
	@scripts/install-deps bench
	@scripts/kernel module --build $(BASE)

install: all ## install library, headers, tool and manual below PREFIX (/usr/local)
	@DESTDIR=$(DESTDIR) cmake --install build/userspace --prefix $(PREFIX)

lint: ## clang-tidy and cppcheck, which take longer than the checks may (scripts/lint)
	@scripts/install-deps
	@scripts/lint

format: ## format the C++ sources as the style check wants them
	@clang-format-19 -i $$(git ls-files '*.cpp' '*.hpp')

clean: ## remove what was built; kernel sources, downloads and results stay in build/
	@[ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name 'linux-*' ! -name download ! -name results \
		-exec rm -rf {} +

.PHONY: help bench check torture all kernel shell module install lint format clean
