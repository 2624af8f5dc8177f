# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The command evaluate, on small models that run as they do on a robot."""

import json
from pathlib import Path
import shutil

import cv2
import numpy as np
import pytest
from support.colours import colour_image, tinted_photos
from support.onnx_models import recorded_colours
from support.records import change_record

from rpi_classifier.benchmark import plot
from rpi_classifier.cli.evaluate import main
from rpi_classifier.models.load import read_metadata
from rpi_classifier.training.data_set import read_data_set

COLOURS = Path(__file__).resolve().parents[1] / 'fixtures' / 'v0.1' / 'colours.pt'
LABELS = ('red', 'green', 'blue')


def save(path, image):
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), image)


@pytest.fixture
def model(tmp_path):
    """Return a small model with a record, which tells colours apart."""
    return str(shutil.copy(COLOURS, tmp_path / 'colours.pt'))


@pytest.fixture
def folder(tmp_path):
    """Return three photos of each colour by class; one green photo is among the red ones."""
    for index, name in enumerate(LABELS):
        for number in range(3):
            save(tmp_path / 'photos' / name / f'{number}.png', colour_image(index))
    save(tmp_path / 'photos' / 'red' / 'green.png', colour_image(1))
    return tmp_path / 'photos'


@pytest.fixture
def gray_folder(tmp_path):
    """Return photos whose colour is often not that of the class."""
    return tinted_photos(tmp_path / 'gray')


def printed(capsys, *words, status=0):
    """Run the command with --json and return what it printed."""
    assert main([*map(str, words), '--json']) == status
    return json.loads(capsys.readouterr().out)


def test_photos_that_a_model_may_have_learned_are_told_and_those_of_val_are_not(
    model, gray_folder, tmp_path, capsys
):
    def told(folder, *words):
        assert main(['--model', model, str(folder), *words]) == 0
        return f'evaluate: if {model} was trained on these photos, add' in capsys.readouterr().err

    assert told(gray_folder)
    assert not told(gray_folder, '--held-out')
    shutil.copytree(gray_folder, tmp_path / 'divided' / 'val')
    assert not told(tmp_path / 'divided')
    shutil.rmtree(gray_folder / 'red')
    assert not told(gray_folder)


def test_counts_are_those_of_the_photos(model, folder, capsys):
    found = printed(capsys, '--model', model, folder)
    assert found['accuracy']['right'] == 9
    assert found['accuracy']['photos'] == 10
    assert found['confusion'] == {
        'labels': ['red', 'green', 'blue'],
        'counts': [[3, 1, 0], [0, 3, 0], [0, 0, 3]],
    }
    (wrong,) = (one for one in found['photos'] if not one['right'])
    assert Path(wrong['photo']).name == 'green.png'
    assert (wrong['class'], wrong['guess']) == ('red', 'green')
    assert wrong['score'] == pytest.approx(0.99975, abs=1e-4)
    assert found['top5'] is None
    assert found['stored'] is None
    assert found['against'] is None


def test_text_names_the_wrong_photo_and_its_class(model, folder, capsys):
    assert main(['--model', model, str(folder)]) == 0
    text = capsys.readouterr().out
    assert 'accuracy: 90.0 %, 9 of 10 photos' in text
    assert f'{folder / "red" / "green.png"}: red, taken for green (100.0 %)' in text


def test_val_of_a_data_set_is_used(model, folder, tmp_path, capsys):
    folder.rename(tmp_path / 'val')
    (tmp_path / 'set').mkdir()
    (tmp_path / 'val').rename(tmp_path / 'set' / 'val')
    assert printed(capsys, '--model', model, tmp_path / 'set')['accuracy']['photos'] == 10


def test_region_is_all_that_is_judged(model, tmp_path, capsys):
    for index, name in enumerate(LABELS):
        halves = np.hstack([colour_image(0), colour_image(index)])
        save(tmp_path / 'photos' / name / '0.png', halves)
    words = ['--model', model, tmp_path / 'photos', '--region']
    assert printed(capsys, *words, '.5,0,.5,1')['accuracy']['right'] == 3
    assert printed(capsys, *words, '0,0,.5,1')['accuracy']['right'] == 1
    change_record(Path(model), region='0.5 0 0.5 1')
    assert printed(capsys, *words[:-1])['accuracy']['right'] == 3
    assert printed(capsys, *words, '0,0,.5,1')['accuracy']['right'] == 1
    assert main(list(map(str, words[:-1]))) == 0
    assert 'qnnpack, region 0.5 0 0.5 1), photos of' in capsys.readouterr().out
    assert main([*map(str, words), '0 0 2']) == 2
    assert "region: '0 0 2' is not four numbers" in capsys.readouterr().err


def test_only_photos_that_train_holds_out_are_evaluated(model, gray_folder, capsys):
    shutil.rmtree(gray_folder / 'blue')  # of the model's labels some are not in the folder
    held_out = {one.path for one in read_data_set(gray_folder, held_out=0.3, seed=7).val}
    words = ['--held-out', '0.3', '--seed', '7']
    found = printed(capsys, '--model', model, gray_folder, *words)
    assert {Path(one['photo']) for one in found['photos']} == held_out
    assert len(held_out) == 12
    assert {one['class'] for one in found['photos']} == {'red', 'green'}
    assert printed(capsys, '--model', model, gray_folder, '--held-out')['accuracy']['photos'] == 8


def test_photo_that_cannot_be_read_is_told_beside_the_rest(model, folder, capsys):
    (folder / 'red' / 'broken.jpg').write_bytes(b'')
    assert main(['--model', model, '--json', str(folder)]) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out)['accuracy']['photos'] == 10
    (told,) = (line for line in captured.err.splitlines() if '--held-out' not in line)
    assert told.count('broken.jpg') == 1


def test_class_without_photos_is_told(model, folder, capsys):
    shutil.rmtree(folder / 'blue')
    found = printed(capsys, '--model', model, folder)
    assert found['classes_without_photos'] == ['blue']
    assert found['confusion']['labels'] == ['red', 'green']


def test_wrong_photos_are_copied(model, folder, tmp_path, capsys):
    words = ['--model', model, str(folder), '--wrong', str(tmp_path / 'wrong')]
    assert main([*words[:-1], str(folder / 'wrong')]) == 2
    assert 'wrong is in the folder of the photos' in capsys.readouterr().err
    assert main(words) == 0
    copies = [one for one in (tmp_path / 'wrong').rglob('*') if one.is_file()]
    assert [one.relative_to(tmp_path) for one in copies] == [
        Path('wrong/red/as_green_1.00_green.png')
    ]
    assert main(words) == 2
    assert 'wrong is not empty' in capsys.readouterr().err


def test_confusion_is_a_picture(model, folder, tmp_path, capsys):
    pytest.importorskip('matplotlib', reason='matplotlib is not installed')
    assert main(['--model', model, str(folder), '--confusion', str(tmp_path / 'c.png')]) == 0
    assert cv2.imread(str(tmp_path / 'c.png')).shape[2] == 3


def test_missing_matplotlib_is_one_sentence(model, folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(plot.importlib.util, 'find_spec', lambda name: None)
    assert main(['--model', model, str(folder), '--confusion', str(tmp_path / 'c.png')]) == 2
    assert 'confusion: matplotlib is not installed' in capsys.readouterr().err


def test_temperature_is_stored_once_and_scores_fit_then(model, gray_folder, capsys):
    before = printed(capsys, '--model', model, gray_folder)['calibration']
    found = printed(capsys, '--model', model, gray_folder, '--calibrate')
    fitted = found['calibration']['recalibration']
    temperature = read_metadata(model).temperature
    assert temperature == fitted['temperature'] == found['stored']['temperature'] > 1
    assert fitted['error_before'] == before['expected_calibration_error']
    assert fitted['error_after'] < fitted['error_before']
    digest = found['stored']['model_sha256']
    after = printed(capsys, '--model', model, '--model-sha256', digest, gray_folder)
    assert after['calibration']['expected_calibration_error'] == pytest.approx(
        found['calibration']['expected_calibration_error'], abs=1e-4
    )
    scores = [[one['score'] for one in result['photos']] for result in (found, after)]
    assert scores[0] == pytest.approx(scores[1], abs=1e-5)
    printed(capsys, '--model', model, gray_folder, '--calibrate')
    assert read_metadata(model).temperature == pytest.approx(temperature, rel=1e-3)


def test_few_photos_store_no_temperature_and_say_so(model, folder, capsys):
    content = Path(model).read_bytes()
    assert main(['--model', model, str(folder), '--calibrate']) == 0
    text = capsys.readouterr().out
    assert 'temperature: stays 1, because 10 photos are too few to fit it' in text
    assert Path(model).read_bytes() == content


def test_other_model_is_compared_photo_by_photo(model, folder, tmp_path, capsys):
    onnx_models = pytest.importorskip('support.onnx_models')
    other = tmp_path / 'others.onnx'
    onnx_models.onnx.save(onnx_models.colour_means(), str(other))
    labels = tmp_path / 'labels.txt'
    labels.write_text('green\nred\nblue\n')  # it takes red for green, and green for red
    words = ['--labels', labels, '--input-size', 32, '--output-kind', 'logits']
    found = printed(capsys, '--model', model, folder, '--against', other, *words)['against']
    assert (found['ours']['right'], found['theirs']['right']) == (9, 4)
    assert (found['better'], found['worse']) == (6, 1)
    assert found['p'] == pytest.approx(16 / 128)
    assert len(found['changes']) == 7
    assert {one['theirs'] for one in found['changes']} == {'red', 'green'}


def test_photos_that_the_other_model_cannot_take_are_told_and_how_it_ran(
    model, folder, tmp_path, capsys
):
    other = shutil.copy(model, tmp_path / 'other.pt')
    change_record(other, region='0 0 64 48')
    save(folder / 'red' / 'small.png', cv2.resize(colour_image(0), (40, 30)))
    (folder / 'blue' / 'broken.jpg').write_bytes(b'')
    words = ['--model', model, str(folder), '--against', str(other)]
    assert main([*words, '--json']) == 2
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert found['accuracy']['photos'] == 11
    assert found['against']['theirs']['photos'] == 10
    assert found['against']['runs'] == f'{found["runs"]}, region 0 0 64 48'
    (told,) = found['against']['unreadable']
    assert 'small.png: region: 0 0 64 48 does not fit into an image of 40x30' in told
    assert f'evaluate: against {other}: {told}' in captured.err.splitlines()
    assert captured.err.count('broken.jpg') == 1
    (folder / 'blue' / 'broken.jpg').unlink()
    assert main(words) == 2
    assert 'qnnpack, region 0 0 64 48): 90.0 % here' in capsys.readouterr().out


def test_model_that_can_take_no_photo_is_named(model, folder, tmp_path, capsys):
    other = shutil.copy(model, tmp_path / 'other.pt')
    change_record(other, region='900 900 10 10')
    assert main(['--model', model, str(folder), '--against', str(other)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ''
    assert f'evaluate: against: {other}: none of 10 photos can be read: ' in captured.err


@pytest.mark.parametrize(
    ('words', 'said'),
    [
        (['--precision', '0'], 'precision: 0 is not a share above 0'),
        (['--precision', '95'], 'precision: 95 is not a share'),
        (['--precision', 'nan'], 'precision: nan is not a share'),
        (['--seed', '1'], 'seed: 1 is for --held-out only; add it'),
        (['--held-out', '1'], 'held-out: 1 is not a part above 0 and below 1'),
        (['--confusion', 'c.jpg'], "confusion: 'c.jpg' does not end in .png"),
        (['--confusion', 'nowhere/c.png'], 'is not a folder; make it first'),
        (['--wrong', 'nowhere/wrong'], 'is not a folder; make it first'),
        (['--against', 'float'], 'the float form of'),
        (['--against', 'alexnet'], "model 'alexnet' is not in the zoo"),
        (['--labels', 'x.txt'], 'leave labels and input_size at their defaults'),
    ],
)
def test_bad_options_are_one_sentence(model, folder, words, said, capsys):
    assert main(['--model', model, str(folder), *words]) in (1, 2)
    captured = capsys.readouterr()
    assert captured.out == ''
    assert said in captured.err
    assert captured.err.count('\n') == 1


def test_temperature_is_stored_where_a_link_leads(model, gray_folder, capsys):
    link = Path(model).with_name('link.pt')
    link.symlink_to(model)
    printed(capsys, '--model', link, gray_folder, '--calibrate')
    assert read_metadata(model).temperature > 1
    assert link.is_symlink()


@pytest.mark.parametrize(
    ('own', 'given', 'said'),
    [
        ('', '0 0 .5 1', 'which is the whole image'),
        ('.5 0 .5 1', '0 0 .5 1', 'which is .5 0 .5 1'),
        ('.5 0 .5 1', '0 0 1 1', 'which is .5 0 .5 1'),
        ('.5 0 .5 1', '0.50,0,0.50,1', ''),
        ('', '0 0 1 1', ''),
    ],
)
def test_temperature_is_stored_for_the_region_of_the_file_only(
    model, gray_folder, own, given, said, capsys
):
    change_record(Path(model), region=own)
    words = ['--model', model, str(gray_folder), '--calibrate', '--region', given]
    assert main(words) == (2 if said else 0)
    captured = capsys.readouterr()
    assert (read_metadata(model).temperature == 1) == bool(said)
    if said:
        assert captured.out == ''
        assert f'evaluate: calibrate: region {given!r} is not that of {model}, {said}, and' in (
            captured.err
        )


def test_model_of_the_zoo_keeps_no_temperature(folder, capsys):
    assert main([str(folder), '--calibrate']) == 2
    assert "calibrate: 'mobilenet_v2' is a model of the zoo" in capsys.readouterr().err


@pytest.mark.parametrize(
    ('name', 'said'),
    [('gren', 'gren is none of the 3 labels; did you mean green?'), ('', 'has no class')],
)
def test_bad_folders_are_one_sentence(model, folder, tmp_path, name, said, capsys):
    other = tmp_path / 'other'
    other.mkdir()
    if name:
        (folder / 'green').rename(other / name)
    assert main(['--model', model, str(other)]) == 1
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ''


def test_missing_folders_are_told_before_a_model_is_loaded(folder, tmp_path, capsys):
    absent = str(tmp_path / 'absent')
    assert main(['--model', absent + '.pt', absent]) == 1
    assert 'absent cannot be read: No such file or directory; give' in capsys.readouterr().err
    assert main(['--model', absent + '.pt', str(folder), '--unknown', absent]) == 2
    assert 'absent cannot be read: No such file or directory\n' in capsys.readouterr().err


def test_photos_of_other_things_change_thresholds_only(model, folder, tmp_path, capsys):
    for number in range(20):
        save(tmp_path / 'others' / f'{number}.png', np.full((48, 64, 3), 90 + number, np.uint8))
    plain = printed(capsys, '--model', model, folder)
    found = printed(capsys, '--model', model, folder, '--unknown', tmp_path / 'others')
    assert found['accuracy'] == plain['accuracy']
    assert len(found['photos_of_other_things']) == 20
    assert 0.34 < found['suggested']['unknown_below'] <= 0.9998


def test_other_things_that_are_taken_for_other_are_not_listed(folder, tmp_path, capsys):
    model = tmp_path / 'mine.onnx'
    model.write_bytes(recorded_colours(('red', 'green', 'Other')))
    (folder / 'blue').rename(folder / 'Other')
    for number, index in enumerate((2, 2, 0)):
        save(tmp_path / 'others' / f'{number}.png', colour_image(index))
    assert main(['--model', str(model), str(folder), '--unknown', str(tmp_path / 'others')]) == 0
    text = capsys.readouterr().out.partition('photos of other things: ')[2]
    assert text.startswith('2 of 3 are taken for Other; for another class')
    assert '2.png: taken for red' in text
    assert 'taken for Other (' not in text


def test_real_model_has_the_references_accuracy_and_its_float_form_is_known(
    weights, photos, tmp_path, capsys
):
    for path, top5 in photos.items():
        place = tmp_path / 'photos' / top5[0]['label']
        place.mkdir(parents=True, exist_ok=True)
        (place / path.name).symlink_to(path)
    found = printed(capsys, tmp_path / 'photos', '--against', 'float')
    assert found['accuracy']['right'] == len(photos)
    assert found['top5']['right'] == len(photos)
    assert found['against']['theirs']['photos'] == len(photos)
    assert found['against']['model'] == 'float'


def test_held_out_is_refused_where_val_is(model, folder, tmp_path, capsys):
    (tmp_path / 'set').mkdir()
    for part in ('train', 'val'):
        shutil.copytree(folder, tmp_path / 'set' / part)
    assert main(['--model', model, str(tmp_path / 'set'), '--held-out']) == 2
    assert 'held-out: 0.2 is for folders without val/' in capsys.readouterr().err


def test_held_out_of_train_without_val_is_evaluated(model, gray_folder, tmp_path, capsys):
    (tmp_path / 'set').mkdir()
    gray_folder.rename(tmp_path / 'set' / 'train')
    found = printed(capsys, '--model', model, tmp_path / 'set', '--held-out')
    assert found['accuracy']['photos'] == 12


def test_empty_path_is_one_sentence(model, capsys):
    assert main(['--model', model, '']) == 2
    assert 'folder: the path is empty' in capsys.readouterr().err
