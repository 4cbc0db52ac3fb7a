package appstate

import (
	"fmt"
	"strconv"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waServerSync"
	"google.golang.org/protobuf/proto"
)

// An Uploader stores a snapshot in the media service and returns where clients
// find it.
type Uploader func(plaintext []byte) (*waServerSync.ExternalBlobReference, error)

// ParseSync reads the <sync> child of a w:sync:app:state query.
func ParseSync(sync waBinary.Node) ([]Request, error) {
	var requests []Request
	for _, collection := range sync.GetChildrenByTag("collection") {
		ag := collection.AttrGetter()
		request := Request{
			Collection:   Collection(ag.String("name")),
			WantSnapshot: ag.OptionalBool("return_snapshot"),
		}
		if version := ag.OptionalString("version"); version != "" {
			parsed, err := strconv.ParseUint(version, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("appstate: version of %s: %w", request.Collection, err)
			}
			request.Version = parsed
		}
		if !ag.OK() {
			return nil, fmt.Errorf("appstate: %w", ag.Error())
		}
		if patch, ok := collection.GetOptionalChildByTag("patch"); ok {
			content, ok := patch.Content.([]byte)
			if !ok {
				return nil, fmt.Errorf("appstate: the patch of %s has no content", request.Collection)
			}
			request.Patch = content
		}
		requests = append(requests, request)
	}
	if len(requests) == 0 {
		return nil, fmt.Errorf("appstate: the query names no collection")
	}
	return requests, nil
}

// Node returns the answer as the <collection> that a client expects.
func (a Answer) Node(upload Uploader) (waBinary.Node, error) {
	attrs := waBinary.Attrs{"name": string(a.Collection), "version": strconv.FormatUint(a.Version, 10)}
	var children []waBinary.Node
	if a.Snapshot != nil {
		content, err := uploadSnapshot(a.Snapshot, upload)
		if err != nil {
			return waBinary.Node{}, err
		}
		children = append(children, waBinary.Node{Tag: "snapshot", Content: content})
	}
	if len(a.Patches) > 0 {
		patches := make([]waBinary.Node, len(a.Patches))
		for i, patch := range a.Patches {
			content, err := proto.Marshal(patch)
			if err != nil {
				return waBinary.Node{}, fmt.Errorf("appstate: encode patch: %w", err)
			}
			patches[i] = waBinary.Node{Tag: "patch", Content: content}
		}
		children = append(children, waBinary.Node{Tag: "patches", Content: patches})
	}
	if a.More {
		attrs["has_more_patches"] = "true"
	}
	if a.Code != 0 {
		attrs["type"] = "error"
		text := "bad-request"
		if a.Code == 409 {
			text = "conflict"
		}
		children = append(children, waBinary.Node{
			Tag: "error", Attrs: waBinary.Attrs{"code": strconv.Itoa(a.Code), "text": text},
		})
	}
	node := waBinary.Node{Tag: "collection", Attrs: attrs}
	if len(children) > 0 {
		node.Content = children
	}
	return node, nil
}

func uploadSnapshot(snapshot *waServerSync.SyncdSnapshot, upload Uploader) ([]byte, error) {
	plaintext, err := proto.Marshal(snapshot)
	if err != nil {
		return nil, fmt.Errorf("appstate: encode snapshot: %w", err)
	}
	reference, err := upload(plaintext)
	if err != nil {
		return nil, fmt.Errorf("appstate: upload snapshot: %w", err)
	}
	content, err := proto.Marshal(reference)
	if err != nil {
		return nil, fmt.Errorf("appstate: encode snapshot reference: %w", err)
	}
	return content, nil
}
