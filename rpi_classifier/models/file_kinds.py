# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The table of kinds of files: what people name as a model, and what to do with each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FileKind:
    """
    One kind of file.

    A refusal says that the file is ``name``, and then ``advice``. ``suffix`` names the file
    format that can run it, as ``.pt``; empty if none can.
    """

    name: str
    advice: str
    suffix: str = ''


TRACE = 'save torch.jit.trace(network.eval().cpu(), image) as FILE.pt'
_FROM_PYTORCH = f'{TRACE}, from the network in PyTorch'
_WITH_CODE = f'load it in Python where its classes are installed, and {TRACE}'
_WITH_NETWORK = f'load the weights into their network in Python, and {TRACE}'
_AGAIN = 'copy or download it again'
_TO_ONNX = 'convert it to ONNX with tf2onnx and name it FILE.onnx'
_INSIDE = 'unpack it and name the model that is inside'
_OTHER = 'name the file of a model'

KINDS = {
    'torchscript': FileKind('a TorchScript file', 'name it FILE.pt', '.pt'),
    'torchscript gpu': FileKind(
        'a TorchScript file that makes tensors on a GPU',
        f'move the network to the CPU before it is traced or scripted: {TRACE}',
        '.pt',
    ),
    'torchscript half': FileKind(
        'a TorchScript file in half precision',
        f'call network.float() before it is traced or scripted: {TRACE}',
        '.pt',
    ),
    'torchscript double': FileKind(
        'a TorchScript file in double precision',
        f'call network.float() before it is traced or scripted: {TRACE}',
        '.pt',
    ),
    'torchscript optimized': FileKind(
        'a TorchScript file of torch.jit.optimize_for_inference, whose weights no file can hold',
        f'leave that call out: {TRACE}',
    ),
    'executorch': FileKind('an ExecuTorch program', 'name it FILE.pte', '.pte'),
    'onnx': FileKind('an ONNX network', 'name it FILE.onnx', '.onnx'),
    'onnx cut off': FileKind('an ONNX network that is cut off', _AGAIN),
    'state_dict': FileKind(
        'the weights of a network without the network (a state_dict, pickled by torch.save)',
        _WITH_NETWORK,
    ),
    'module': FileKind('a pickled network of torch.save', _WITH_CODE),
    'ultralytics': FileKind(
        'a checkpoint of ultralytics',
        'run: yolo export model=FILE.pt format=torchscript imgsz=224',
    ),
    'fastai': FileKind(
        'a learner of fastai',
        'save torch.jit.trace(learner.model.eval().cpu(), image) as FILE.pt',
    ),
    'exported program': FileKind('a program of torch.export', _FROM_PYTORCH),
    'torch package': FileKind('a package of torch.package', _WITH_CODE),
    'torch mobile': FileKind('a TorchScript file for mobile phones', _FROM_PYTORCH),
    'torch tar': FileKind('a tar file of torch.save before 0.4', _WITH_CODE),
    'pickle': FileKind('a pickle of Python', _FROM_PYTORCH),
    'safetensors': FileKind(
        'the weights of a network without the network (safetensors)', _WITH_NETWORK
    ),
    'numpy': FileKind('an array of NumPy', _FROM_PYTORCH),
    'keras': FileKind('a network of Keras', _TO_ONNX),
    'h5': FileKind('an HDF5 file, as Keras writes them', _TO_ONNX),
    'tensorflow': FileKind('a network of TensorFlow', _TO_ONNX),
    'tflite': FileKind('a network of TensorFlow Lite', _TO_ONNX),
    'openvino': FileKind('a network of OpenVINO', _FROM_PYTORCH),
    'ncnn': FileKind('a network of ncnn', _FROM_PYTORCH),
    'tensorrt': FileKind('an engine of TensorRT', _FROM_PYTORCH),
    'rknn': FileKind('a network for Rockchip processors', _FROM_PYTORCH),
    'hailo': FileKind('a network for Hailo accelerators', _FROM_PYTORCH),
    'gguf': FileKind('a language model (GGUF)', 'name the file of a network for images'),
    'torchserve': FileKind('an archive of TorchServe', _INSIDE),
    'zip': FileKind('a zip archive', _INSIDE),
    'tar': FileKind('a tar archive', _INSIDE),
    'compressed': FileKind('a compressed file', _INSIDE),
    'damaged zip': FileKind(
        'a TorchScript file or zip archive that is cut off or damaged', _AGAIN
    ),
    'git-lfs': FileKind('a pointer of Git LFS in place of the file', 'run: git lfs pull'),
    'html': FileKind(
        'a web page', 'download the file itself, by the link that is named raw or download'
    ),
    'xml': FileKind('an XML file', _OTHER),
    'image': FileKind('an image', _OTHER),
    'video': FileKind('a video', _OTHER),
    'pdf': FileKind('a PDF document', _OTHER),
    'program': FileKind('a program', _OTHER),
    'text': FileKind('a text file', _OTHER),
    'empty': FileKind('empty', _AGAIN),
    'zeros': FileKind('a file of zeros, as an unfinished download leaves it', _AGAIN),
    'unknown': FileKind('not a file of a known kind', f'{_AGAIN}, or {_FROM_PYTORCH}'),
}
