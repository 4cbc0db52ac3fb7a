package localnode

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/test/localnode/sandbox"
)

// volumes creates the folders behind a pod's volumes.
type volumes struct {
	reader client.Reader
	// dir is the pod's own folder for its volumes.
	dir string
}

// prepare creates or refreshes every volume of the pod and returns their host
// folders by volume name. An error says which volume must wait, and for what.
func (v *volumes) prepare(ctx context.Context, pod *corev1.Pod) (map[string]string, error) {
	folders := map[string]string{}
	for i := range pod.Spec.Volumes {
		volume := &pod.Spec.Volumes[i]
		folder, err := v.prepareOne(ctx, pod, volume)
		if err != nil {
			return nil, fmt.Errorf("volume %q: %w", volume.Name, err)
		}
		folders[volume.Name] = folder
	}
	return folders, nil
}

func (v *volumes) prepareOne(ctx context.Context, pod *corev1.Pod, volume *corev1.Volume) (string, error) {
	folder := filepath.Join(v.dir, volume.Name)
	switch {
	case volume.EmptyDir != nil:
		return folder, os.MkdirAll(folder, 0o777)
	case volume.PersistentVolumeClaim != nil:
		return v.claimFolder(ctx, pod.Namespace, volume.PersistentVolumeClaim.ClaimName)
	case volume.ConfigMap != nil:
		source := volume.ConfigMap
		content, err := v.configMap(ctx, pod.Namespace, source.Name, source.Items, ptr.Deref(source.Optional, false))
		return v.write(folder, content, err, source.DefaultMode)
	case volume.Secret != nil:
		source := volume.Secret
		content, err := v.secret(ctx, pod.Namespace, source.SecretName, source.Items, ptr.Deref(source.Optional, false))
		return v.write(folder, content, err, source.DefaultMode)
	case volume.Projected != nil:
		content, err := v.projected(ctx, pod, volume.Projected.Sources)
		return v.write(folder, content, err, volume.Projected.DefaultMode)
	default:
		return "", fmt.Errorf("the local node has no such type of volume")
	}
}

func (v *volumes) write(folder string, content payload, err error, mode *int32) (string, error) {
	if err != nil {
		return "", err
	}
	// In a cluster, group and world bits are for the pod's own group; here the
	// files belong to the one user who runs everything.
	owner := fs.FileMode(ptr.Deref(mode, 0o644)) & 0o700
	_, err = content.write(folder, owner|0o400)
	return folder, err
}

func (v *volumes) configMap(ctx context.Context, namespace, name string, items []corev1.KeyToPath, optional bool) (payload, error) {
	data, err := configMapData(ctx, v.reader, namespace, name, optional)
	if err != nil {
		return nil, err
	}
	return choose(data, items, optional)
}

func (v *volumes) secret(ctx context.Context, namespace, name string, items []corev1.KeyToPath, optional bool) (payload, error) {
	data, err := secretData(ctx, v.reader, namespace, name, optional)
	if err != nil {
		return nil, err
	}
	return choose(data, items, optional)
}

func (v *volumes) projected(ctx context.Context, pod *corev1.Pod, sources []corev1.VolumeProjection) (payload, error) {
	all := payload{}
	for _, source := range sources {
		var content payload
		var err error
		switch {
		case source.ConfigMap != nil:
			content, err = v.configMap(ctx, pod.Namespace, source.ConfigMap.Name, source.ConfigMap.Items, ptr.Deref(source.ConfigMap.Optional, false))
		case source.Secret != nil:
			content, err = v.secret(ctx, pod.Namespace, source.Secret.Name, source.Secret.Items, ptr.Deref(source.Secret.Optional, false))
		case source.DownwardAPI != nil:
			content = payload{}
			for _, item := range source.DownwardAPI.Items {
				if item.FieldRef == nil {
					return nil, fmt.Errorf("unsupported item %s of the downward API", item.Path)
				}
				if content[item.Path], err = fieldOf(pod, item.FieldRef.FieldPath); err != nil {
					return nil, err
				}
			}
		default:
			err = fmt.Errorf("the local node has no such source of a projected volume")
		}
		if err != nil {
			return nil, err
		}
		maps.Copy(all, content)
	}
	return all, nil
}

// choose returns the items of data, or all of it if items is empty.
func choose(data map[string]string, items []corev1.KeyToPath, optional bool) (payload, error) {
	if len(items) == 0 {
		return payload(data), nil
	}
	chosen := payload{}
	for _, item := range items {
		value, found := data[item.Key]
		if !found && !optional {
			return nil, fmt.Errorf("references non-existent key: %s", item.Key)
		}
		if found {
			chosen[item.Path] = value
		}
	}
	return chosen, nil
}

// claimFolder returns the folder of the volume that the claim is bound to.
func (v *volumes) claimFolder(ctx context.Context, namespace, name string) (string, error) {
	claim := &corev1.PersistentVolumeClaim{}
	if err := v.reader.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, claim); err != nil {
		return "", err
	}
	if claim.Status.Phase != corev1.ClaimBound {
		return "", fmt.Errorf("claim %s is not bound", name)
	}
	volume := &corev1.PersistentVolume{}
	if err := v.reader.Get(ctx, types.NamespacedName{Name: claim.Spec.VolumeName}, volume); err != nil {
		return "", err
	}
	if volume.Spec.HostPath == nil {
		return "", fmt.Errorf("volume %s is none of the local node's", volume.Name)
	}
	return volume.Spec.HostPath.Path, nil
}

// mounts returns the container's mounts, given the pod's volume folders.
func mounts(container *corev1.Container, folders map[string]string) []sandbox.Mount {
	var list []sandbox.Mount
	for _, mount := range container.VolumeMounts {
		list = append(list, sandbox.Mount{
			Source:   filepath.Join(folders[mount.Name], filepath.Join("/", mount.SubPath)),
			Target:   mount.MountPath,
			ReadOnly: mount.ReadOnly,
		})
	}
	return list
}
