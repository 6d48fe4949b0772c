// CodeMirror with what a shell script needs, in the colours of the theme.
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language'
import { shell } from '@codemirror/legacy-modes/mode/shell'
import { EditorState } from '@codemirror/state'
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'

type Config = {
  text: string
  hasFocus: boolean
  label: string
  onChange: (text: string) => void
  onRun: () => void
  onLeave: () => void
}

const colours = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--fb-text3)' },
  { tag: tags.string, color: 'var(--fb-ok)' },
  { tag: [tags.keyword, tags.standard(tags.variableName)], color: 'var(--fb-accent)' },
  { tag: [tags.number, tags.definition(tags.variableName)], color: 'var(--fb-warn)' },
])

const look = EditorView.theme({
  '&': { height: '100%', fontSize: '12px', color: 'var(--fb-text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--fb-mono)', lineHeight: '20px' },
  '.cm-content': { caretColor: 'var(--fb-accent)' },
  '.cm-cursor': { borderLeftColor: 'var(--fb-accent)' },
  '.cm-gutters': {
    backgroundColor: 'transparent',
    border: '0',
    color: 'var(--fb-text3)',
  },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground':
    { backgroundColor: 'var(--fb-sel)' },
})

// openEditor gives back what closes it. Tab leaves the editor, as everywhere.
export function openEditor(parent: HTMLElement, config: Config): () => void {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: config.text,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        StreamLanguage.define(shell),
        syntaxHighlighting(colours),
        look,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': config.label, spellcheck: 'false' }),
        EditorView.updateListener.of((u) => {
          if (u.docChanged) config.onChange(u.state.doc.toString())
        }),
        keymap.of([
          { key: 'Mod-Enter', run: () => done(config.onRun) },
          { key: 'Escape', run: () => done(config.onLeave) },
          ...defaultKeymap.filter((k) => k.key !== 'Mod-Enter'),
          ...historyKeymap,
        ]),
      ],
    }),
  })
  if (config.hasFocus) view.focus()
  view.dispatch({ selection: { anchor: view.state.doc.length } })
  return () => view.destroy()
}

const done = (act: () => void) => {
  act()
  return true
}
