#!/bin/sh
# Stands for GitLab: pages of notes are files; what is written is kept.
method=GET last='' url=''
for word; do
  case $last in --request) method=$word ;; esac
  case $word in http*) url=$word ;; esac
  last=$word
done
case $method:$url in
  GET:*/user) echo '{ "id": 5 }' ;;
  GET:*) cat "page-${url##*page=}.json" 2>/dev/null || echo '[]' ;;
  *) cat >sent.json && echo "$method $url" >>calls ;;
esac
