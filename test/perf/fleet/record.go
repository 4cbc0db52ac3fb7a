package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// recording is what the operator made of one session, as it is sent for others:
// with the session's name and UID as placeholders.
type recording struct {
	session  string
	children []string
	status   string
}

// The placeholders in a recording.
const (
	placeName = "session-placeholder"
	placeUID  = "00000000-0000-0000-0000-000000000000"
)

// object is a recorded object of another session.
func (recording) object(text, name, uid string) (*unstructured.Unstructured, error) {
	object := &unstructured.Unstructured{}
	err := json.Unmarshal([]byte(strings.NewReplacer(placeName, name, placeUID, uid).Replace(text)), &object.Object)
	return object, err
}

// record reads what the operator has made of a session.
func (c *cluster) record(ctx context.Context, name string) (recording, error) {
	var r recording
	session, err := c.read(ctx, v1alpha1.GroupVersion.WithKind(v1alpha1.Kind), name)
	if err != nil {
		return r, err
	}
	replacer := strings.NewReplacer(name, placeName, string(session.GetUID()), placeUID)
	status, _, _ := unstructured.NestedMap(session.Object, "status")
	text := func(object *unstructured.Unstructured, without ...[]string) (string, error) {
		bare := &unstructured.Unstructured{Object: object.Object}
		metadata := map[string]any{"name": object.GetName(), "namespace": bareNamespace}
		for _, field := range []string{"labels", "annotations", "ownerReferences"} {
			if value, ok, _ := unstructured.NestedFieldCopy(object.Object, "metadata", field); ok {
				metadata[field] = value
			}
		}
		bare.Object["metadata"] = metadata
		for _, path := range append(without, []string{"status"}) {
			unstructured.RemoveNestedField(bare.Object, path...)
		}
		raw, err := json.Marshal(bare.Object)
		return replacer.Replace(string(raw)), err
	}
	if r.session, err = text(session); err != nil {
		return r, err
	}
	raw, err := json.Marshal(map[string]any{
		"apiVersion": v1alpha1.GroupVersion.String(), "kind": v1alpha1.Kind,
		"metadata": map[string]any{"name": placeName, "namespace": bareNamespace}, "status": status,
	})
	if err != nil {
		return r, err
	}
	r.status = replacer.Replace(string(raw))
	for _, child := range []struct{ group, kind, suffix string }{
		{"", "Secret", "-keys"}, {"", "PersistentVolumeClaim", "-data"}, {"", "ConfigMap", "-config"},
		{"", "Service", ""}, {"networking.k8s.io", "NetworkPolicy", ""}, {"", "Pod", ""},
	} {
		object, err := c.read(ctx, schema.GroupVersionKind{Group: child.group, Version: "v1", Kind: child.kind}, name+child.suffix)
		if err != nil {
			return r, err
		}
		made, err := text(object, []string{"spec", "nodeName"}, []string{"spec", "clusterIP"}, []string{"spec", "clusterIPs"}, []string{"spec", "volumeName"})
		if err != nil {
			return r, err
		}
		r.children = append(r.children, made)
	}
	return r, nil
}

func (c *cluster) read(ctx context.Context, kind schema.GroupVersionKind, name string) (*unstructured.Unstructured, error) {
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(kind)
	if err := c.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, object); err != nil {
		return nil, fmt.Errorf("reading %s %s: %w", kind.Kind, name, err)
	}
	return object, nil
}
