# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""deploy: bring a model file to a robot, and let its classifier run it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import sys

from rpi_classifier.cli.command import path_option, run_command
from rpi_classifier.deploy.apply import apply_plan, copy_model
from rpi_classifier.deploy.plan import DeployRequest, Plan, plan_deployment


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    defaults = DeployRequest.__dataclass_fields__
    parser = argparse.ArgumentParser(
        prog='deploy',
        description='Copy a model file to a robot by ssh, set model and model_sha256 in its '
        'parameter file, and reload its classifier. If the robot does not take the model, it goes '
        'on with the former one.',
    )
    parser.add_argument('host', metavar='HOST', help='as ssh takes it: pi@robot')
    parser.add_argument(
        '--model',
        type=path_option('model'),
        required=True,
        metavar='FILE',
        help='file of train or export_model',
    )
    parser.add_argument(
        '--params-file',
        default='',
        metavar='REMOTE.yaml',
        help="the robot's parameter file; default: the one its classifier was started with",
    )
    parser.add_argument(
        '--folder',
        default=defaults['folder'].default,
        metavar='REMOTE_FOLDER',
        help='where the robot keeps the file, relative to the home there; default: %(default)s',
    )
    parser.add_argument(
        '--node', default='', metavar='NAME', help='/robot1/classifier, if there are several'
    )
    parser.add_argument(
        '--ssh',
        default=defaults['ssh'].default,
        metavar='COMMAND',
        help="ssh with options, as 'ssh -p 2222 -i KEY'; default: %(default)s",
    )
    parser.add_argument('--dry-run', action='store_true', help='only say what would be done')
    parser.add_argument(
        '--no-reload', action='store_true', help='leave a running node as it is until it restarts'
    )
    return parser.parse_args(words)


def deploy(words: Sequence[str] | None) -> None:
    """
    Deploy the model that the command line names, and say what was done.

    :raises RpiClassifierError: if that failed; then the robot goes on as before.
    """
    options = arguments(words)
    plan = plan_deployment(
        DeployRequest(
            host=options.host,
            model=options.model,
            params_file=options.params_file,
            folder=options.folder,
            node=options.node,
            reload=not options.no_reload,
            ssh=options.ssh,
        )
    )
    for line in describe_plan(plan):
        print(line)
    if options.dry_run:
        print('nothing was changed (--dry-run)')
        return
    sys.stdout.flush()
    if not plan.is_there:
        print(f'copied by {copy_model(plan)}', flush=True)
    try:
        answer = apply_plan(plan)
    except KeyboardInterrupt:
        print(
            'deploy: the robot completes the change that it has begun, or undoes it',
            file=sys.stderr,
        )
        raise
    print(describe_outcome(plan, answer))


def describe_plan(plan: Plan) -> list[str]:
    """Return what will be done on the robot, a line each, with a diff of the parameter file."""
    model = plan.model
    size = f'{len(model.data) / 1e6:.1f} MB'
    there = 'is there already' if plan.is_there else f'takes the file, {size}'
    lines = [
        f'{model.path.name}: {model.metadata.name}, {len(model.metadata.labels)} classes, '
        f'sha256 {model.sha256}',
        f'{plan.robot.host}: {plan.target} {there}',
        *plan.changes.notes,
        *plan.warnings,
    ]
    lines.append(plan.changes.difference or f'{plan.changes.path} names the model already')
    return lines


def describe_outcome(plan: Plan, answer: dict[str, str]) -> str:
    """Return what the robot has done, in a line or two."""
    lines = [f'the former parameters are in {answer["backup"]}'] if answer['backup'] else []
    node = plan.changes.node
    if plan.process is None:
        lines.append(f'{node} loads the file at its next start')
    elif answer.get('same'):
        lines.append(f'{node} runs the model already')
    elif answer['state'] == 'active':
        lines.append(f'{node} runs {plan.model.path.name}')
    else:
        lines.append(f'{node} is {answer["state"]}, and has the parameters for its next load')
    return '\n'.join(lines)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; exit status 2 for a bad option, 1 if the robot does not run the model."""
    return run_command('deploy', deploy, words)


if __name__ == '__main__':
    sys.exit(main())
