import { json } from '@codemirror/lang-json';
import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup } from 'codemirror';
import { useEffect, useEffectEvent, useRef } from 'react';

interface CodeEditorProps {
  label: string;
  language: 'yaml' | 'json';
  value: string;
  onChange: (value: string) => void;
  readOnly?: boolean;
}

/** What the library makes as it runs carries the nonce of the page's styles. */
function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

/** Those of the page, so that they can be read in either theme. */
const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--busy)' },
  { tag: [tags.string, tags.content], color: 'inherit' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--wait)' },
  { tag: tags.comment, color: 'var(--muted)' },
  { tag: [tags.punctuation, tags.separator, tags.brace, tags.squareBracket], color: 'var(--muted)' },
]);

/** A text with colours, line numbers and search. */
export default function CodeEditor({ label, language, value, onChange, readOnly = false }: CodeEditorProps) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const tell = useEffectEvent(onChange);
  const begin = useEffectEvent(() => value);
  useEffect(() => {
    if (box.current === null) return;
    const editor = new EditorView({
      parent: box.current,
      doc: begin(),
      extensions: [
        basicSetup,
        syntaxHighlighting(colours),
        language === 'yaml' ? yaml() : json(),
        EditorView.cspNonce.of(nonce()),
        EditorView.lineWrapping,
        EditorState.readOnly.of(readOnly),
        EditorView.contentAttributes.of({ 'aria-label': label }),
        EditorView.updateListener.of(({ docChanged, state }) => docChanged && tell(state.doc.toString())),
      ],
    });
    view.current = editor;
    return () => editor.destroy();
  }, [label, language, readOnly]);
  useEffect(() => {
    const editor = view.current;
    if (editor === null || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);
  return <div ref={box} className="code-editor" />;
}
