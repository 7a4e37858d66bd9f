#!/usr/bin/env bash
# Stands for GitHub: its answers are files, which gh's own --jq is run on, page by page; what is written is kept.
method=GET filter=. path='' body='' flag=''
for word; do
  case $flag in
    --jq) filter=$word ;;
    --method) method=$word ;;
    -F) body=${word#body=@} ;;
  esac
  case $word in repos/*) path=$word ;; esac
  flag=$word
done
place=${PLACE:-.}
case $method:$path in
  *:*/zip) cat "$place/$(basename "$(dirname "$path")").zip" ;;
  *:*/pulls) echo "$*" >>"$place/asked" && jq --raw-output "$filter" "$place/pulls.json" ;;
  *:*/artifacts[?]*) jq --raw-output "$filter" "$place/artifacts.json" ;;
  GET:*/comments[?]*) for page in "$place"/comments-*.json; do jq --raw-output "$filter" "$page"; done ;;
  GET:*) echo "no answer to: $*" >&2 && exit 1 ;;
  *) cp "$body" "$place/body.md" && echo "$method $path" >>"$place/calls" ;;
esac
