# A module without any SDK: docs/modules.md, "A program in any language".
tell() { printf '%s %s\n' "$GANTRY_TOKEN" "$1"; }

while read -r order; do
  content=$(printf '%s' "$order" | grep -o '"contentRef":"[^"]*"' | head -n 1 | cut -d '"' -f 4)
  if [ -z "$content" ]; then
    tell '{"kind":"failed","error":{"code":"DOCUMENT_MISSING","message":"the execution is about no document","permanent":true}}'
  else
    tell "{\"kind\":\"ask\",\"id\":1,\"what\":\"read-content\",\"ref\":\"$content\"}"
    read -r answer
    file=$(printf '%s' "$answer" | grep -o '"path":"[^"]*"' | cut -d '"' -f 4)
    echo "reading $file" # to the log of the step
    tell "{\"kind\":\"succeeded\",\"output\":{\"lines\":$(wc -l < "$file")}}"
  fi
  tell '{"kind":"ready"}'
done
