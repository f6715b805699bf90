// Chords from events: letters by their letter, digits by their place, Shift only where it says something.
import { describe, expect, it } from 'vitest';
import { ariaChord, chordOf, displayChord, isEditing, isTyping } from './keys.ts';

const press = (init: Partial<KeyboardEvent>): string =>
  chordOf({
    key: '',
    code: '',
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...init,
  } as KeyboardEvent);

describe('chordOf', () => {
  it('names letters, named keys and modifiers', () => {
    expect(press({ key: 'j', code: 'KeyJ' })).toBe('J');
    expect(press({ key: 'Z', code: 'KeyZ', ctrlKey: true, shiftKey: true })).toBe('Ctrl Shift Z');
    expect(press({ key: 'z', code: 'KeyZ', metaKey: true })).toBe('Ctrl Z');
    expect(press({ key: ' ', code: 'Space' })).toBe('Space');
    expect(press({ key: 'ArrowLeft', code: 'ArrowLeft', shiftKey: true })).toBe('Shift ArrowLeft');
  });

  it('takes digits from the row and the pad, on keyboards that shift them too', () => {
    expect(press({ key: '3', code: 'Digit3' })).toBe('3');
    expect(press({ key: '3', code: 'Numpad3' })).toBe('3');
    expect(press({ key: '"', code: 'Digit3' })).toBe('3');
  });

  it('leaves Shift out of characters that need it', () => {
    expect(press({ key: '?', code: 'Slash', shiftKey: true })).toBe('?');
    expect(press({ key: '/', code: 'Digit7', shiftKey: true })).toBe('/');
  });
});

describe('how chords are written', () => {
  it('uses caps for display and plus signs for assistive technology', () => {
    expect(displayChord('Ctrl Enter')).toBe('Ctrl ↵');
    expect(ariaChord('Ctrl Shift Z')).toBe('Control+Shift+Z');
  });
});

describe('isEditing', () => {
  it.each(['Ctrl Z', 'Ctrl Shift Z', 'Ctrl A', 'Ctrl ArrowLeft', 'Alt ArrowLeft', 'Ctrl Backspace'])(
    '%s is for the field',
    (chord) => expect(isEditing(chord)).toBe(true),
  );
  it.each(['Ctrl K', 'Ctrl 1', 'Alt 3', 'F6'])('%s is not', (chord) => expect(isEditing(chord)).toBe(false));
});

describe('isTyping', () => {
  it.each(['J', 'F', 'Space', 'Shift Z', '?', 'ArrowDown'])('%s goes into a field', (chord) =>
    expect(isTyping(chord)).toBe(true),
  );
  it.each(['F6', 'Shift F6', 'F12', 'Ctrl K', 'Alt X', 'Ctrl Shift Z'])('%s does not', (chord) =>
    expect(isTyping(chord)).toBe(false),
  );
});
